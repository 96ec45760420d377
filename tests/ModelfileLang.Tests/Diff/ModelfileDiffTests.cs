using FsCheck;
using FsCheck.Fluent;
using ModelOps.ModelfileLang.Diff;
using ModelOps.ModelfileLang.Syntax;
using ModelOps.ModelfileLang.Tests.Syntax;

namespace ModelOps.ModelfileLang.Tests.Diff;

public class ModelfileDiffTests
{
    [Theory]
    [InlineData("FROM a\nSYSTEM hi\n", "from a\n\n# comment\nsystem \"\"\"hi\"\"\"\n")]
    [InlineData("FROM a\nPARAMETER seed 1\nPARAMETER top_p 0.70\n", "FROM a\r\nPARAMETER top_p .7\r\nPARAMETER seed +1\r\n")]
    [InlineData("FROM a\nSYSTEM one\nSYSTEM two\nADAPTER x\nADAPTER y\n", "FROM a\nADAPTER y\nSYSTEM two\n")]
    [InlineData("FROM a\nPARAMETER mirostat 1\nSYSTEM \"\"\n", "FROM a\n")]
    [InlineData("FROM a\nPARAMETER system x\n", "FROM a\nSYSTEM x\n")]
    public void What_means_the_same_is_no_change(string one, string other) => Assert.True(Compare(one, other).IsEmpty);

    [Theory]
    [InlineData("FROM a\n", "FROM b\n", UpdateClass.Weights, "FROM")]
    [InlineData("FROM a\n", "FROM a\nADAPTER x\n", UpdateClass.Context, "ADAPTER")]
    [InlineData("FROM a\nPARAMETER num_ctx 1\n", "FROM a\nPARAMETER num_ctx 2\n", UpdateClass.Context, "PARAMETER num_ctx")]
    [InlineData("FROM a\n", "FROM a\nPARAMETER num_gpu 2\n", UpdateClass.Weights, "PARAMETER num_gpu")]
    [InlineData("FROM a\nSYSTEM x\n", "FROM a\n", UpdateClass.Live, "SYSTEM")]
    [InlineData("FROM a\nMESSAGE user x\nMESSAGE user y\n", "FROM a\nMESSAGE user y\nMESSAGE user x\n", UpdateClass.Live, "MESSAGE")]
    [InlineData(
        "FROM a\nPARAMETER stop x\nPARAMETER stop y\n", "FROM a\nPARAMETER stop y\nPARAMETER stop x\n", UpdateClass.Live, "PARAMETER stop")]
    public void A_change_has_its_subject_and_its_class(string one, string other, UpdateClass updateClass, string subject)
    {
        var diff = Compare(one, other);

        Assert.Equal(subject, Assert.Single(diff.Changes).Subject);
        Assert.Equal(updateClass, diff.Class);
    }

    [Theory]
    [InlineData("You are kind.", "You are terse.", "You are [-kind-]{+terse+}.")]
    [InlineData("You are a helpful assistant. Answer briefly.", "Answer in one short sentence.",
        "[-You are a helpful assistant. Answer briefly-]{+Answer in one short sentence+}.")]
    [InlineData("Be brief, kind and clear.", "Be short, rude and clear.", "Be [-brief, kind-]{+short, rude+} and clear.")]
    [InlineData("one\ntwo", "eins\nzwei", "[-one-]{+eins+}\n[-two-]{+zwei+}")]
    [InlineData("a b", "a x b", "a {+x +}b")]
    public void Words_that_are_replaced_one_after_the_other_are_one_edit(string one, string other, string edits) =>
        Assert.Equal(
            edits,
            string.Concat(WordDiff.Compare(one, other).Select(edit => edit.Kind switch
            {
                EditKind.Removed => $"[-{edit.Text}-]",
                EditKind.Added => $"{{+{edit.Text}+}}",
                _ => edit.Text,
            })));

    [Fact]
    public void A_comparison_is_rendered_for_people_programs_and_pages()
    {
        var diff = Compare(
            "FROM pico:1\nSYSTEM You are kind and answer in one sentence.\nPARAMETER num_ctx 2048\nPARAMETER stop a\nMESSAGE user hi\n",
            "FROM pico:2\nSYSTEM You are strict and answer in two sentences.\nPARAMETER num_ctx 4096\nPARAMETER stop a\nPARAMETER "
                + "stop b\nTEMPLATE {{ .Prompt }}\n");

        TestKit.Golden.Matches("ModelfileLang.Tests/Diff/comparison.txt", ModelfileDiffText.Write(diff));
        TestKit.Golden.Matches("ModelfileLang.Tests/Diff/comparison.md", ModelfileDiffMarkdown.Write(diff));
        TestKit.Golden.Matches("ModelfileLang.Tests/Diff/comparison.json", Indented(ModelfileDiffJson.Write(diff)));
    }

    [Fact]
    public void Hostile_text_stays_text_in_every_rendering()
    {
        var diff = Compare(
            "FROM a\n",
            "FROM <img/src=x>@admin|`x`\nSYSTEM \"\"\"```\n::error::boo \u001b[31m @team ##[command]\n<script> [x](http://evil) "
                + "#12\n````\n\"\"\"\nPARAMETER stop ::set-env::\n");

        var text = ModelfileDiffText.Write(diff);
        var markdown = ModelfileDiffMarkdown.Write(diff);

        Assert.All((string[])[text, markdown], rendered =>
        {
            Assert.DoesNotContain(rendered.Split('\n'), line => line.TrimStart().StartsWith("::", StringComparison.Ordinal));
            Assert.DoesNotContain("##[", rendered, StringComparison.Ordinal);
            Assert.DoesNotContain('\u001b', rendered);
        });
        var outside = string.Concat(markdown.Split("`````").Where((_, index) => index % 2 == 0));
        Assert.DoesNotContain("<img", outside, StringComparison.Ordinal);
        Assert.DoesNotContain("@admin", outside, StringComparison.Ordinal);
        Assert.Contains("\n`````\n", markdown, StringComparison.Ordinal);
    }

    [Fact]
    public void Secrets_are_hidden_even_when_only_part_of_one_changed()
    {
        var diff = Compare(
            "FROM a\nSYSTEM key sk-abcdefgh1234567890abcd-one ok\n",
            "FROM a\nSYSTEM key sk-abcdefgh1234567890abcd-two ok\n");

        foreach (var rendered in (string[])[
            ModelfileDiffText.Write(diff), ModelfileDiffMarkdown.Write(diff), ModelfileDiffJson.Write(diff).ToJsonString(),
        ])
            Assert.DoesNotContain("abcdefgh", rendered, StringComparison.Ordinal);
    }

    [Fact]
    public void Words_of_a_comparison_make_up_both_texts() =>
        Check.QuickThrowOnFailure(Prop.ForAll(SomeText.Arbitrary, SomeText.Arbitrary, (old, @new) =>
        {
            var edits = WordDiff.Compare(old, @new);
            return string.Concat(edits.Where(edit => edit.Kind != EditKind.Added).Select(edit => edit.Text)) == old
                && string.Concat(edits.Where(edit => edit.Kind != EditKind.Removed).Select(edit => edit.Text)) == @new;
        }));

    [Fact]
    public void A_modelfile_never_differs_from_itself_formatted() =>
        Check.QuickThrowOnFailure(Prop.ForAll(SomeText.Arbitrary, text =>
        {
            var read = ModelfileParser.Parse(text).Recovered;
            return ModelfileDiff.Compare(read, ModelfileParser.Parse(ModelfileFormat.Of(read)).Recovered).IsEmpty;
        }));

    private static ModelfileDiff Compare(string one, string other) =>
        ModelfileDiff.Compare(ModelfileParser.Parse(one).Recovered, ModelfileParser.Parse(other).Recovered);

    private static string Indented(System.Text.Json.Nodes.JsonObject json) =>
        json.ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true }) + "\n";
}
