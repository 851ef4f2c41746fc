using System.Globalization;
using System.Xml.Linq;
using GameServer.Scripting.Testing;

namespace GameServer.Server.Cli.Modding;

/// <summary>Results of tests in the XML that build servers read.</summary>
static class JUnitReport
{
    /// <summary>The document.</summary>
    public static string Write(IReadOnlyList<ModTestReport> reports)
    {
        XElement root = new("testsuites");
        foreach (ModTestReport report in reports)
        {
            XElement suite = new(
                "testsuite",
                new XAttribute("name", report.Mod),
                new XAttribute("tests", report.Results.Count + report.Problems.Count),
                new XAttribute("failures", report.Results.Count(result => result.Outcome == ModTestOutcome.Failed)),
                new XAttribute("errors", report.Problems.Count),
                new XAttribute("skipped", report.Results.Count(result => result.Outcome == ModTestOutcome.Skipped)),
                new XAttribute("time", Seconds(report.Results.Sum(result => result.Milliseconds))));
            suite.Add(report.Results.Select(CaseOf));
            suite.Add(report.Problems.Select(problem => new XElement(
                "testcase", new XAttribute("classname", report.Mod), new XAttribute("name", "load"), new XElement("error", new XAttribute("message", Clean(problem))))));
            root.Add(suite);
        }
        return new XDocument(new XDeclaration("1.0", "utf-8", null), root).Declaration + "\n" + root + "\n";
    }

    static XElement CaseOf(ModTestResult result)
    {
        XElement test = new(
            "testcase",
            new XAttribute("classname", $"{result.Mod}.{Path.GetFileNameWithoutExtension(result.File)}"),
            new XAttribute("name", result.Name),
            new XAttribute("file", $"{result.Mod}/{result.File}"),
            new XAttribute("line", result.Line),
            new XAttribute("time", Seconds(result.Milliseconds)));
        if (result.Outcome == ModTestOutcome.Failed) test.Add(new XElement("failure", new XAttribute("message", Clean(result.Message.Split('\n')[0])), Clean(result.Message)));
        if (result.Outcome == ModTestOutcome.Skipped) test.Add(new XElement("skipped", new XAttribute("message", Clean(result.Message))));
        if (result.Output.Count > 0) test.Add(new XElement("system-out", Clean(string.Join('\n', result.Output))));
        return test;
    }

    static string Seconds(double milliseconds) => (milliseconds / 1000).ToString("0.000", CultureInfo.InvariantCulture);

    // Characters that XML cannot hold at all.
    static string Clean(string text) => string.Concat(text.Select(c => System.Xml.XmlConvert.IsXmlChar(c) ? c : '\uFFFD'));
}
