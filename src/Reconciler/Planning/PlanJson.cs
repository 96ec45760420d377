using System.Buffers;
using System.Text;
using System.Text.Json;
using ModelOps.ModelfileLang.Diff;

namespace ModelOps.Reconciler.Planning;

/// <summary>The plan for programs, and what its digest covers. Same plan, same bytes.</summary>
public static class PlanJson
{
    /// <summary>Writes the plan.</summary>
    public static byte[] Write(Plan plan)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
            Write(writer, plan);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>As <see cref="Write(Plan)"/>, as text.</summary>
    public static string WriteText(Plan plan) => Encoding.UTF8.GetString(Write(plan));

    private static void Write(Utf8JsonWriter writer, Plan plan)
    {
        writer.WriteStartObject();
        writer.WriteString("revision", plan.Revision);
        writer.WriteStartArray("models");
        foreach (var model in plan.Models)
            Write(writer, model);
        writer.WriteEndArray();
        writer.WriteStartArray("notes");
        foreach (var note in plan.Notes)
        {
            writer.WriteStartObject();
            writer.WriteString("reason", note.Reason);
            writer.WriteString("model", note.Model.ShortName);
            writer.WriteString("message", note.Message);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ModelPlan model)
    {
        writer.WriteStartObject();
        writer.WriteString("model", model.Model.ShortName);
        writer.WriteString("action", model.Action.ToString());
        if (model.Class is { } updateClass)
            writer.WriteString("updateClass", DiffWords.Of(updateClass));
        writer.WriteStartArray("changes");
        foreach (var change in model.Changes)
        {
            writer.WriteStartObject();
            writer.WriteString("subject", change.Subject);
            writer.WriteString("updateClass", DiffWords.Of(change.Class));
            writer.WriteString("before", change.Before);
            writer.WriteString("after", change.After);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("steps");
        foreach (var step in model.Steps)
            Write(writer, step);
        writer.WriteEndArray();
        writer.WriteStartArray("after");
        foreach (var name in model.After)
            writer.WriteStringValue(name.ShortName);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, PlanStep step)
    {
        writer.WriteStartObject();
        writer.WriteString("step", step.Word);
        switch (step)
        {
            case PlanStep.Build build:
                writer.WriteString("inputs", build.Inputs);
                break;
            case PlanStep.Warm warm:
                writer.WriteString("inputs", warm.Inputs);
                writer.WriteString("strategy", warm.Strategy.ToString());
                break;
            case PlanStep.Gate gate:
                writer.WriteString("inputs", gate.Inputs);
                writer.WriteNumber("questions", gate.Smoke.Length);
                break;
            case PlanStep.Switch change:
                writer.WriteString("inputs", change.Inputs);
                writer.WriteStartArray("names");
                foreach (var name in change.Names)
                    writer.WriteStringValue(name.ShortName);
                writer.WriteEndArray();
                break;
            case PlanStep.Prune prune:
                writer.WriteString("name", prune.Name.ShortName);
                break;
        }

        writer.WriteEndObject();
    }
}
