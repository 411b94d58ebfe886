namespace Temperament.Models.Text.Templates;

/// <summary>Fills strings up to a width in code points.</summary>
internal static class Padding
{
    public static string Left(string text, long width, string fill, TemplateBudget budget) => Fill(text, width, fill, budget, 0);

    public static string Right(string text, long width, string fill, TemplateBudget budget) => Fill(text, width, fill, budget, 2);

    public static string Center(string text, long width, string fill, TemplateBudget budget) => Fill(text, width, fill, budget, 1);

    private static string Fill(string text, long width, string fill, TemplateBudget budget, int side)
    {
        long missing = width - PythonText.Length(text);
        if (missing <= 0)
        {
            return text;
        }

        if (PythonText.Length(fill) != 1)
        {
            throw new TemplateException("The fill character must be exactly one character long");
        }

        budget.Characters(width * 2);
        // Of an odd number the language puts the larger part before the text where the width is odd too.
        int before = (int)(side switch { 0 => 0, 2 => missing, _ => (missing / 2) + (missing & width & 1) });
        return Repeat(fill, before) + text + Repeat(fill, (int)missing - before);
    }

    private static string Repeat(string fill, int count) => new System.Text.StringBuilder().Insert(0, fill, count).ToString();
}
