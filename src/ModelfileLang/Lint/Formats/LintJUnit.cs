using System.Globalization;
using System.Text;
using System.Xml;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.ModelfileLang.Lint.Formats;

/// <summary>Findings as JUnit test results: a file without findings is a test that passed, a finding is a test of its own.</summary>
public static class LintJUnit
{
    /// <summary>Findings at or above the fail level are failures, the others are output of a test that passed.</summary>
    public static string Write(LintRun run)
    {
        var clean = run.Report.Files
            .Except(run.Report.Findings.Select(finding => finding.Diagnostic.File), StringComparer.Ordinal)
            .ToArray();
        var text = new StringBuilder();
        using (var xml = XmlWriter.Create(text, new XmlWriterSettings { Indent = true, OmitXmlDeclaration = true, NewLineChars = "\n" }))
        {
            xml.WriteStartElement("testsuites");
            xml.WriteStartElement("testsuite");
            xml.WriteAttributeString("name", "modelops lint");
            xml.WriteAttributeString("tests", Number(clean.Length + run.Report.Findings.Length));
            xml.WriteAttributeString("failures", Number(run.Verdict.Failing));
            foreach (var file in clean)
                WriteClean(xml, file);
            foreach (var finding in run.Report.Findings)
                WriteFinding(xml, finding, isFailure: finding.Severity >= run.FailLevel);
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        return $"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{text}\n";
    }

    private static void WriteClean(XmlWriter xml, string file)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", SafeText.ForLine(file));
        xml.WriteAttributeString("name", "no findings");
        xml.WriteEndElement();
    }

    private static void WriteFinding(XmlWriter xml, Finding finding, bool isFailure)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", SafeText.ForLine(finding.Diagnostic.File));
        xml.WriteAttributeString("name", $"{finding.Code} {finding.Diagnostic.Span.Line}:{finding.Diagnostic.Span.Column}");
        var body =
            $"{FindingText.Place(finding)}: {SeverityWords.Of(finding.Severity)} {finding.Code}: {FindingText.MessageWithHint(finding)}";
        xml.WriteStartElement(isFailure ? "failure" : "system-out");
        if (isFailure)
        {
            xml.WriteAttributeString("type", finding.Code);
            xml.WriteAttributeString("message", FindingText.Message(finding));
        }

        xml.WriteString(body);
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
