using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelfileLang.Lint;
using ModelOps.ModelfileLang.Lint.Formats;
using ModelOps.ModelfileLang.Syntax;

namespace ModelOps.ModelfileLang.Tests.Lint;

public class DiagnosticReportTests
{
    [Fact]
    public void Problems_of_other_files_are_printed_like_ours()
    {
        var rule = new RuleDescriptor("DS9999", "Key that does not exist", Severity.Error);
        var yaml = ModelfileSource.OfText("kind: ModelSet\nspek: {}\n", "modelops.yaml");
        var problem = new Diagnostic(
            "DS9999", Severity.Error, "modelops.yaml", yaml.Span(15, 4), "There is no key 'spek'.", "did you mean spec?");
        var lost = new Diagnostic("RP9999", Severity.Warning, "gone", default, "It is gone.");

        var report = DiagnosticReport.Of([problem, lost], [rule], file => file == "modelops.yaml" ? yaml : null);
        var run = new LintRun(report, [rule], Severity.Error, "1");

        Assert.Equal(
            "gone:0:0: warning RP9999: It is gone.\n\n"
            + "modelops.yaml:2:1: error DS9999: There is no key 'spek'.\n  2 | spek: {}\n    | ^^^^\n    = hint: did you mean spec?\n\n"
            + "2 findings, 1 at or above error → exit 1\n",
            LintText.Write(run));
        Assert.Null(LintSarif.Write(run)["runs"]![0]!["results"]![0]!["ruleIndex"]);
    }
}
