namespace ModelOps.Templates.GoTemplates.Printing;

/// <summary>Flags, width and precision between the percent sign and the letter of a format.</summary>
internal sealed record FormatFlags
{
    internal bool Sharp { get; set; }

    internal bool Zero { get; set; }

    internal bool Plus { get; set; }

    internal bool Minus { get; set; }

    internal bool Space { get; set; }

    /// <summary><c>%#v</c>: as source code.</summary>
    internal bool SharpV { get; set; }

    /// <summary><c>%+v</c>: with names of fields.</summary>
    internal bool PlusV { get; set; }

    internal int? Width { get; set; }

    internal int? Precision { get; set; }

    /// <summary>For the letter <c>v</c> two flags have another meaning.</summary>
    internal void TurnForValue()
    {
        (SharpV, Sharp) = (Sharp, false);
        (PlusV, Plus) = (Plus, false);
    }

    internal bool PadsWithZeros => Zero && !Minus && Width is not null;
}
