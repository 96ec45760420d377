using FsCheck;
using FsCheck.Fluent;
using ModelOps.ModelfileLang.Diff;
using ModelOps.ModelfileLang.Lint;
using ModelOps.ModelfileLang.Syntax;
using ModelOps.ModelfileLang.Tests.Syntax;

namespace ModelOps.ModelfileLang.Tests.Lint;

public class ModelfileFixerTests
{
    private static readonly Config ManyTexts = Config.QuickThrowOnFailure.WithMaxTest(1000).WithEndSize(25);

    [Fact]
    public void Fixes_make_a_tidy_file()
    {
        var outcome = ModelfileFixer.Fix(
            ModelfileSource.OfText(
                "from pico:1  \n\n\n  parameter stop x\nPARAMETER stop   END\nPARAMETER stop END\nPARAMETER mirostat 1\nPARAMETER "
                    + "system \"Be kind.\"\nsystem \"\"\"a  \n\n\n  b\"\"\" \n# note  "),
            LintOptions.Default);

        Assert.Equal(
            "FROM pico:1\n\nPARAMETER stop x\nPARAMETER stop END\nSYSTEM Be kind.\nSYSTEM \"\"\"a  \n\n\n  b\"\"\"\n# note\n",
            outcome.Text);
        Assert.True(outcome.Applied >= 9);
    }

    [Fact]
    public void An_ignored_finding_is_not_fixed()
    {
        const string Text = "FROM pico:1\n# modelops ignore=MF5001 reason=\"as it was\"\nsystem Be kind.\n";

        Assert.Equal(Text, ModelfileFixer.Fix(ModelfileSource.OfText(Text), LintOptions.Default).Text);
    }

    [Fact]
    public void Fixing_again_changes_nothing_and_nothing_fixable_is_left() =>
        Check.One(ManyTexts, Prop.ForAll(SomeText.Arbitrary, text =>
        {
            var once = Fix(text);
            return Fix(once) == once
                && ModelfileLint.Check(ModelfileSource.OfText(once), LintOptions.Default).Findings.All(finding => finding.Fix is null);
        }));

    [Fact]
    public void Fixes_change_no_meaning_but_for_doubled_list_entries() =>
        Check.One(ManyTexts, Prop.ForAll(SomeText.Arbitrary, text =>
        {
            var before = ModelfileParser.Parse(text);
            var after = ModelfileParser.Parse(Fix(text));
            return before.Succeeded == after.Succeeded
                && ModelfileDiff.Compare(before.Recovered, after.Recovered).Changes.All(
                    change => change.Subject is "PARAMETER stop" or "LICENSE");
        }));

    private static string Fix(string text) => ModelfileFixer.Fix(ModelfileSource.OfText(text), LintOptions.Default).Text;
}
