using System.Numerics;

namespace ModelOps.Templates.GoTemplates.Values;

/// <summary>A value while a template runs. Text is <see cref="ByteText"/>.</summary>
internal readonly struct GoValue
{
    private readonly long _bits;
    private readonly object? _object;

    private GoValue(GoKind kind, long bits, object? value, bool isBoxed = false)
    {
        Kind = kind;
        IsBoxed = isBoxed;
        _bits = bits;
        _object = value;
    }

    internal static GoValue Invalid => default;

    internal static GoValue Nil => new(GoKind.Nil, 0, null);

    internal GoKind Kind { get; }

    /// <summary>Whether it was read from a place that may hold anything; some functions mind.</summary>
    internal bool IsBoxed { get; }

    internal bool IsInvalid => Kind == GoKind.Invalid;

    internal bool IsNothing => Kind is GoKind.Invalid or GoKind.Nil;

    internal bool AsBool => _bits != 0;

    /// <summary>Of an integer or a byte.</summary>
    internal long AsInt => _bits;

    internal double AsFloat => BitConverter.Int64BitsToDouble(_bits);

    internal Complex AsComplex => (Complex)_object!;

    internal string AsText => (string)_object!;

    internal GoList AsList => (GoList)_object!;

    internal GoMap AsMap => (GoMap)_object!;

    internal GoStruct AsStruct => (GoStruct)_object!;

    internal static GoValue Of(bool value) => new(GoKind.Bool, value ? 1 : 0, null);

    internal static GoValue Of(long value) => new(GoKind.Int, value, null);

    internal static GoValue OfByte(int value) => new(GoKind.Byte, value, null);

    internal static GoValue Of(double value) => new(GoKind.Float, BitConverter.DoubleToInt64Bits(value), null);

    internal static GoValue Of(Complex value) => new(GoKind.Complex, 0, value);

    /// <summary>Of text that is <see cref="ByteText"/> already.</summary>
    internal static GoValue OfBytes(string value) => new(GoKind.Text, 0, value);

    /// <summary>Of ordinary text.</summary>
    internal static GoValue OfText(string value) => OfBytes(ByteText.From(value));

    internal static GoValue Of(GoList value) => new(GoKind.List, 0, value);

    internal static GoValue Of(GoMap value) => new(GoKind.Map, 0, value);

    internal static GoValue Of(GoStruct value) => new(GoKind.Struct, 0, value);

    /// <summary>The value inside a place that may hold anything.</summary>
    internal GoValue Unwrap() => Kind == GoKind.Nil ? Invalid : IsBoxed ? new GoValue(Kind, _bits, _object) : this;

    /// <summary>The value as it is in a place that may hold anything.</summary>
    internal GoValue Boxed() => new(Kind, _bits, _object, isBoxed: true);

    /// <summary>Nil, a list or map that was never made, or a pointer to nothing.</summary>
    internal bool IsNil => Kind switch
    {
        GoKind.Invalid or GoKind.Nil => true,
        GoKind.List => AsList.IsNil,
        GoKind.Map => AsMap.IsNil,
        GoKind.Struct => AsStruct.IsNil,
        _ => false,
    };

    /// <summary>Whether a condition takes it as true.</summary>
    internal bool IsTrue => Kind switch
    {
        GoKind.Bool or GoKind.Int or GoKind.Byte => _bits != 0,
        GoKind.Float => AsFloat != 0,
        GoKind.Complex => AsComplex != Complex.Zero,
        GoKind.Text => AsText.Length > 0,
        GoKind.List => AsList.Count > 0,
        GoKind.Map => AsMap.Count > 0,
        GoKind.Struct => !AsStruct.IsNil,
        _ => false,
    };

    /// <summary>Name of its type as error texts and <c>%T</c> give it.</summary>
    internal string TypeName => Kind switch
    {
        GoKind.Bool => "bool",
        GoKind.Int => "int",
        GoKind.Byte => "uint8",
        GoKind.Float => "float64",
        GoKind.Complex => "complex128",
        GoKind.Text => "string",
        GoKind.List => AsList.Type.Name,
        GoKind.Map => AsMap.Type.Name,
        GoKind.Struct => AsStruct.Type.Name,
        _ => "interface {}",
    };

    /// <summary>The type, where it has fields, methods or printing rules of its own.</summary>
    internal GoType? Type => Kind switch
    {
        GoKind.List => AsList.Type,
        GoKind.Map => AsMap.Type,
        GoKind.Struct => AsStruct.Type,
        _ => null,
    };
}
