using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LLama.Native;

namespace ModelOps.Runtime.Tests.Libraries;

/// <summary>
/// Declarations are taken from LLamaSharp, code is not: its calls hold a lock of the whole process, allocate for each decode, start
/// another program at their first use, and choose a variant by what a native build says of the machine that built it.
/// </summary>
public class LLamaSharpUseTests
{
    private const string Package = "LLamaSharp";

    private static readonly string[] s_allowed =
    [
        "LLamaNativeBatch.logits", "LLamaNativeBatch.n_seq_id", "LLamaNativeBatch.n_tokens", "LLamaNativeBatch.pos",
        "LLamaNativeBatch.seq_id", "LLamaNativeBatch.tokens", "LLamaToken.op_Explicit", "LLamaToken.op_Implicit", "LLamaTokenData..ctor",
        "LLamaTokenData.ID", "LLamaTokenData.Logit",
    ];

    [Fact]
    public void Of_LLamaSharp_the_runtime_uses_plain_structs_and_nothing_else() =>
        Assert.Equal(s_allowed, UsesOf("ModelOps.Runtime.dll").Order(StringComparer.Ordinal));

    [Fact]
    public void No_other_project_uses_it() =>
        Assert.All(
            Directory.EnumerateFiles(AppContext.BaseDirectory, "ModelOps.*.dll").Select(path => Path.GetFileName(path))
                .Where(name => name is not ("ModelOps.Runtime.dll" or "ModelOps.Runtime.Tests.dll")),
            name => Assert.Empty(UsesOf(name)));

    [Fact]
    public void Its_structs_are_laid_out_as_the_headers_of_both_releases_say()
    {
        Assert.Equal((56, 12), (Unsafe.SizeOf<LLamaNativeBatch>(), Unsafe.SizeOf<LLamaTokenData>()));
        Assert.Equal(
            [0, 8, 16, 24, 32, 40, 48],
            OffsetsOf<LLamaNativeBatch>("n_tokens", "tokens", "embd", "pos", "n_seq_id", "seq_id", "logits"));
        Assert.Equal([0, 4, 8], OffsetsOf<LLamaTokenData>("ID", "Logit", "Probability"));
        Assert.False(RuntimeHelpers.IsReferenceOrContainsReferences<LLamaNativeBatch>());
    }

    private static int[] OffsetsOf<T>(params string[] fields) => [.. fields.Select(field => (int)Marshal.OffsetOf<T>(field))];

    /// <summary>Members of the package that an assembly names, as <c>Type.member</c>.</summary>
    private static List<string> UsesOf(string file)
    {
        using var portable = new PEReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, file)));
        var metadata = portable.GetMetadataReader();
        return
        [
            .. metadata.MemberReferences.Select(metadata.GetMemberReference)
                .Where(member => member.Parent.Kind == HandleKind.TypeReference)
                .Select(member => (Type: metadata.GetTypeReference((TypeReferenceHandle)member.Parent), Member: member))
                .Where(use => IsOfPackage(metadata, use.Type))
                .Select(use => $"{metadata.GetString(use.Type.Name)}.{metadata.GetString(use.Member.Name)}").Distinct(),
        ];
    }

    private static bool IsOfPackage(MetadataReader metadata, TypeReference type) => type.ResolutionScope.Kind switch
    {
        HandleKind.AssemblyReference =>
            metadata.GetString(metadata.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name) == Package,
        HandleKind.TypeReference => IsOfPackage(metadata, metadata.GetTypeReference((TypeReferenceHandle)type.ResolutionScope)),
        _ => false,
    };
}
