namespace ModelOps.ModelfileLang.Diff;

/// <summary>The words in which all renderings name the parts of a comparison.</summary>
public static class DiffWords
{
    /// <summary>The class in lower case.</summary>
    public static string Of(UpdateClass updateClass) => updateClass switch
    {
        UpdateClass.Live => "live",
        UpdateClass.Context => "context",
        UpdateClass.Weights => "weights",
        _ => "worker",
    };

    /// <summary>The kind in lower case.</summary>
    public static string Of(ChangeKind kind) => kind switch
    {
        ChangeKind.Added => "added",
        ChangeKind.Removed => "removed",
        _ => "changed",
    };

    /// <summary><c>+</c>, <c>-</c> or <c>~</c>.</summary>
    public static char Mark(ChangeKind kind) => kind switch
    {
        ChangeKind.Added => '+',
        ChangeKind.Removed => '-',
        _ => '~',
    };

    /// <summary>The style in lower case.</summary>
    public static string Of(ChangeStyle style) => style switch
    {
        ChangeStyle.Text => "text",
        ChangeStyle.List => "list",
        _ => "value",
    };

    internal static string Of(EditKind kind) => kind switch
    {
        EditKind.Same => "same",
        EditKind.Added => "added",
        _ => "removed",
    };
}
