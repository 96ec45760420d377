using ModelOps.ModelStore.Names;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>What persons asked to be changed now, until all of that is done or waits for something else.</summary>
internal sealed class ManualSync
{
    private readonly HashSet<ModelName> _models = [];
    private bool _isAll;

    /// <summary>A person asks.</summary>
    /// <param name="model">For this model; null for all.</param>
    internal void Ask(ModelName? model)
    {
        if (model is null)
            _isAll = true;
        else
            _models.Add(model);
    }

    /// <summary>Whether a person asked for a change of this model.</summary>
    internal bool Covers(ModelName model) => _isAll || _models.Contains(model);

    /// <summary>All was done that was asked for.</summary>
    internal void End()
    {
        _isAll = false;
        _models.Clear();
    }
}
