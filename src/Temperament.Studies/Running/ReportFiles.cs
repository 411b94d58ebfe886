using System.Text;
using Temperament.Models.Checkpoints;
using Temperament.Studies.Reports;

namespace Temperament.Studies.Running;

/// <summary>Writes the report of a study in its three forms.</summary>
public static class ReportFiles
{
    /// <summary>Writes <c>report.html</c>, <c>report.md</c> and <c>report.json</c>.</summary>
    /// <param name="folder">Folder of the results.</param>
    /// <param name="data">Data of the report.</param>
    public static void Write(string folder, ReportData data)
    {
        Put("report.html", HtmlReport.Render(data));
        Put("report.md", MarkdownReport.Render(data));
        Put("report.json", JsonReport.Render(data));

        void Put(string name, string text) => AtomicFile.Write(Path.Combine(folder, name), Encoding.UTF8.GetBytes(text));
    }
}
