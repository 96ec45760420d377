namespace ModelOps.Templates.Chat;

/// <summary>Whether the model thinks aloud: the <c>think</c> field of a request.</summary>
/// <param name="IsSet">False when neither the request nor a default said anything.</param>
/// <param name="Enabled">True for <c>true</c> and for every level.</param>
/// <param name="Level"><c>low</c>, <c>medium</c>, <c>high</c>, <c>max</c>, or empty when no level was named.</param>
public readonly record struct ThinkSetting(bool IsSet, bool Enabled, string Level)
{
    /// <summary>Nothing was said.</summary>
    public static ThinkSetting Unset => new(false, false, "");

    /// <summary>Thinking is asked for, without a level.</summary>
    public static ThinkSetting On => new(true, true, "");

    /// <summary>Thinking is refused.</summary>
    public static ThinkSetting Off => new(true, false, "");
}
