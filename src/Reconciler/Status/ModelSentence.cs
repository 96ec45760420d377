using ModelOps.ModelStore.Names;

namespace ModelOps.Reconciler.Status;

/// <summary>What is said of a model where other models are told of too: it names the model, once.</summary>
internal static class ModelSentence
{
    /// <param name="model">The model's name in any form.</param>
    /// <param name="message">What is said of it, with or without its name in front.</param>
    internal static string Of(string model, string message)
    {
        var name = ModelName.Parse(model).PlainName;
        return message.StartsWith($"{name} ", StringComparison.Ordinal) || message.StartsWith($"{name}:", StringComparison.Ordinal)
            ? message
            : $"{name}: {message}";
    }
}
