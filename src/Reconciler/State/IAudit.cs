namespace ModelOps.Reconciler.State;

/// <summary>Where it is written who changed what, for those who change something that is not asked of the reconciler.</summary>
public interface IAudit
{
    /// <summary>Adds a row, durably.</summary>
    /// <param name="change">Who did what, about which model, and what came of it so far.</param>
    /// <exception cref="StateException">It cannot be written.</exception>
    void Write(RequestRecord change);
}
