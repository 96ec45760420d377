namespace ModelOps.ModelStore.Building;

/// <summary>Checks a request before any work is done; an error is answered with a plain 400.</summary>
public static class CreateChecks
{
    /// <summary>Returns when the request may begin.</summary>
    /// <exception cref="StoreException">It may not.</exception>
    public static void Check(CreateRequest request)
    {
        if (!request.Name.IsValid)
            throw StoreException.Invalid("invalid model name", request.Name.FullName);
        if ((request.Files ?? request.DraftFiles).Keys
            .Concat(request.DraftFiles.Keys)
            .FirstOrDefault(path => !IsPlainRelative(path)) is { } bad)
            throw StoreException.Invalid("file path must be relative", bad);
        if ((request.Files?.Values ?? [])
            .Concat(request.Adapters.Values)
            .Concat(request.DraftFiles.Values)
            .Any(digest => digest.Length == 0))
            throw StoreException.Invalid("invalid digest format");
        if (request.DraftQuantize.Length > 0 && request.DraftFiles.Count == 0)
            throw StoreException.Invalid("--draft-quantize requires a DRAFT model");
    }

    // Clean, relative, with slashes, and never upward.
    private static bool IsPlainRelative(string path) =>
        path.Length > 0 && path.Split('/').All(part => part is not ("" or "." or ".."));
}
