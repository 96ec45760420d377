using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.ModelfileLang.Diff;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Desired.Settings;
using ModelOps.Reconciler.Gates;
using ModelOps.Runtime.Contract;

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
        WritePolicies(writer, plan.Policies);
        WriteSeconds(writer, "blobRetentionSeconds", plan.BlobRetention);
        writer.WriteStartArray("notes");
        foreach (var note in plan.Notes)
        {
            writer.WriteStartObject();
            writer.WriteString("reason", note.Reason);
            writer.WriteString("model", note.Model.ShortName);
            writer.WriteString("message", note.Message);
            writer.WriteString("approval", note.Approval);
            if (note.Due is { } due)
                writer.WriteString("due", due);
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
        WriteNames(writer, "after", model.After);
        if (model.Planned is { } planned)
        {
            writer.WriteStartObject("planned");
            writer.WriteString("source", planned.Source);
            WriteNames(writer, "names", planned.Names);
            writer.WriteBoolean("protect", planned.Protect);
            writer.WriteBoolean("adopts", planned.Adopts);
            WritePolicies(writer, [planned.Policy]);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, PlanStep step)
    {
        writer.WriteStartObject();
        writer.WriteString("step", step.Word);
        writer.WriteString("model", step.Model.ShortName);
        switch (step)
        {
            case PlanStep.Build build:
                writer.WriteString("inputs", build.Inputs);
                break;
            case PlanStep.Warm warm:
                writer.WriteString("inputs", warm.Inputs);
                writer.WriteString("strategy", warm.Strategy.ToString());
                writer.WriteString("fallback", warm.Fallback.ToString());
                if (warm.Queue.MaxRequests is { } most)
                    writer.WriteNumber("maxWaiting", most);
                if (warm.Queue.MaxWait is { } wait)
                    WriteSeconds(writer, "maxWaitSeconds", wait);
                break;
            case PlanStep.Gate gate:
                writer.WriteString("inputs", gate.Inputs);
                writer.WriteString("attempt", gate.Attempt);
                WriteGate(writer, gate.Spec);
                break;
            case PlanStep.Canary canary:
                writer.WriteString("inputs", canary.Inputs);
                writer.WriteString("attempt", canary.Attempt);
                writer.WriteNumber("share", canary.Spec.Share);
                WriteSeconds(writer, "durationSeconds", canary.Spec.Duration);
                WriteRule(writer, canary.Spec.Rule);
                break;
            case PlanStep.Switch change:
                writer.WriteString("inputs", change.Inputs);
                WriteNames(writer, "names", change.Names);
                break;
            case PlanStep.Prune prune:
                writer.WriteString("name", prune.Name.ShortName);
                break;
        }

        writer.WriteEndObject();
    }

    private static void WriteGate(Utf8JsonWriter writer, GateSpec gate)
    {
        WriteAll(writer, "questions", gate.Smoke.Select(SmokeSettings.Table.ToJson));
        if (gate.MinTokensPerSecond is { } rate)
            writer.WriteNumber("minTokensPerSecond", rate);
        if (gate.MaxFirstToken is { } longest)
            WriteSeconds(writer, "maxFirstTokenSeconds", longest);
        if (!gate.Embedding.IsEmpty)
            WriteAll(writer, "embedding", gate.Embedding.Select(AttemptDigests.JsonOf));
        if (!gate.Likelihood.IsEmpty)
            WriteAll(writer, "likelihood", gate.Likelihood.Select(GateSettings.Likelihood.ToJson));
    }

    private static void WriteRule(Utf8JsonWriter writer, ServiceRule rule)
    {
        writer.WriteNumber("minRequests", rule.MinRequests);
        writer.WriteNumber("maxErrorRate", rule.MaxErrorRate);
        if (rule.MaxFirstToken is { } longest)
            WriteSeconds(writer, "maxFirstTokenSeconds", longest);
        if (rule.MinTokensPerSecond is { } rate)
            writer.WriteNumber("minTokensPerSecond", rate);
    }

    private static void WriteAll(Utf8JsonWriter writer, string key, IEnumerable<JsonObject> items)
    {
        writer.WriteStartArray(key);
        foreach (var item in items)
            item.WriteTo(writer);
        writer.WriteEndArray();
    }

    private static void WritePolicies(Utf8JsonWriter writer, ImmutableArray<ModelPolicy> policies)
    {
        writer.WriteStartArray("policies");
        foreach (var policy in policies)
        {
            writer.WriteStartObject();
            writer.WriteString("name", policy.Name.ShortName);
            writer.WriteString("revision", policy.Revision);
            writer.WriteString("declaredAt", policy.DeclaredAt);
            if (policy.Stopped is { } stopped)
                writer.WriteString("stopped", stopped);
            writer.WritePropertyName("settings");
            ModelSettings.Table.ToJson(ModelSettings.Of(policy)).WriteTo(writer);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteNames(Utf8JsonWriter writer, string key, ImmutableArray<ModelName> names)
    {
        writer.WriteStartArray(key);
        foreach (var name in names)
            writer.WriteStringValue(name.ShortName);
        writer.WriteEndArray();
    }

    /// <summary>Exact to the tick.</summary>
    private static void WriteSeconds(Utf8JsonWriter writer, string key, TimeSpan duration) =>
        writer.WriteNumber(key, (decimal)duration.Ticks / TimeSpan.TicksPerSecond);
}
