using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using ModelOps.Http.Keys;
using ModelOps.Http.Listening;
using ModelOps.Http.Webhooks;
using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Footprints;
using ModelOps.ModelStore.Storage;
using ModelOps.ModelStore.Verification;
using ModelOps.Reconciler.Control;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using ModelOps.Runtime.Contract;

namespace ModelOps.Http;

/// <summary>The parts that the surfaces use.</summary>
public sealed record HttpDependencies
{
    /// <summary>Answers inference requests.</summary>
    public required IInference Inference { get; init; }

    /// <summary>Knows what is loaded and which names are managed.</summary>
    public required IModelRuntime Runtime { get; init; }

    /// <summary>The models.</summary>
    public required LocalStore Store { get; init; }

    /// <summary>Builds models for <c>/api/create</c>.</summary>
    public required ModelBuilder Builder { get; init; }

    /// <summary>Pulls and pushes; null answers 501.</summary>
    public IModelTransfer? Transfer { get; init; }

    /// <summary>Asks the engine what a load would take; null leaves estimates as they are.</summary>
    public IComputeProbe? Probe { get; init; }

    /// <summary>
    /// Hears what a verification of the store found, so that what is damaged is brought again. Must be quick and not throw.
    /// </summary>
    public Action<VerifyReport> Verified { get; init; } = _ => { };

    /// <summary>Status of reconciliation; null when nothing is managed.</summary>
    public StatusBoard? Board { get; init; }

    /// <summary>Events and history; null when nothing is managed.</summary>
    public Chronicle? Chronicle { get; init; }

    /// <summary><c>/readyz</c> answers 200 only when the newest revision is in force, not already when requests can be sent here.</summary>
    public bool StrictReadiness { get; init; }

    /// <summary>Takes what is asked of reconciliation; null when nothing is managed.</summary>
    public IReconcilerControl? Control { get; init; }

    /// <summary>Where it is written who changed the store; null when nothing is managed.</summary>
    public IAudit? Audit { get; init; }

    /// <summary>Who may say that a source has something new.</summary>
    public ImmutableArray<WebhookOptions> Webhooks { get; init; } = [];

    /// <summary>The keys; null when there can be none.</summary>
    public KeyRing? Keys { get; init; }

    /// <summary>The certificate that is shown; as <see cref="HttpOptions.Tls"/> says.</summary>
    public TlsFiles? Tls { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Where the web host logs; null is silent.</summary>
    public Action<ILoggingBuilder>? Logging { get; init; }
}
