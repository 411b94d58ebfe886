using System.Globalization;
using System.Text.Json;
using Temperament.Models.Text;

namespace Temperament.Models.Documents;

/// <summary>An object of a settings file whose fields are all known; gives them as checked values.</summary>
public sealed class DocumentObject
{
    private readonly DocumentValue _place;
    private readonly IReadOnlyList<DocumentField> _fields;

    private DocumentObject(DocumentValue place, IReadOnlyList<DocumentField> fields) => (_place, _fields) = (place, fields);

    /// <summary>Takes a value as an object.</summary>
    /// <param name="value">The value.</param>
    /// <param name="what">What it describes, for messages, as in "recipe".</param>
    /// <param name="names">The names that a field may have; "$schema" may always stand there.</param>
    /// <exception cref="DocumentException">It is no object, or has a field of another name.</exception>
    public static DocumentObject Of(DocumentValue value, string what, params string[] names)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Kind != JsonTokenType.StartObject)
        {
            throw value.Fault($"a {what} is an object; read {value.KindName}.");
        }

        foreach (DocumentField field in value.Fields)
        {
            if (field.Name != "$schema" && !names.Contains(field.Name))
            {
                throw new DocumentException(value.Path, field.Line, field.Column, NearestWord.Complain($"field of a {what}", field.Name, names));
            }
        }

        return new DocumentObject(value, value.Fields);
    }

    /// <summary>The object in a field; one without fields where it is absent.</summary>
    /// <param name="name">Field.</param>
    /// <param name="what">What it describes, for messages.</param>
    /// <param name="names">The names that a field of it may have.</param>
    public DocumentObject Object(string name, string what, params string[] names) =>
        Find(name) is { } value ? Of(value, what, names) : new DocumentObject(_place, []);

    /// <summary>A text that must be there.</summary>
    /// <param name="name">Field.</param>
    /// <param name="meaning">What the text is, for the message where it is missing.</param>
    public string Require(string name, string meaning)
    {
        string text = String(name, "");
        return text.Length > 0 ? text : throw Fault(name, $"\"{name}\" is missing or empty: {meaning}.");
    }

    /// <summary>A text.</summary>
    /// <param name="name">Field.</param>
    /// <param name="otherwise">Where it is absent or null.</param>
    public string String(string name, string otherwise) => Find(name) is not { } value ? otherwise
        : value.Kind == JsonTokenType.String ? value.Text
        : throw value.Fault($"\"{name}\" is a text in quotes; read {value.KindName}.");

    /// <summary>One of some words.</summary>
    /// <param name="name">Field.</param>
    /// <param name="otherwise">Where it is absent.</param>
    /// <param name="words">The valid words.</param>
    public string Word(string name, string otherwise, params string[] words)
    {
        string text = String(name, otherwise);
        return words.Contains(text) ? text : throw Fault(name, NearestWord.Complain($"value of \"{name}\"", text, words));
    }

    /// <summary>Texts in a list.</summary>
    /// <param name="name">Field.</param>
    /// <param name="otherwise">Where it is absent.</param>
    public IReadOnlyList<string> Strings(string name, IReadOnlyList<string> otherwise)
    {
        if (Find(name) is not { } value)
        {
            return otherwise;
        }

        if (value.Kind != JsonTokenType.StartArray)
        {
            throw value.Fault($"\"{name}\" is a list of texts, as in [\"one\", \"two\"]; read {value.KindName}.");
        }

        return [.. value.Items.Select(item => item.Kind == JsonTokenType.String
            ? item.Text
            : throw item.Fault($"\"{name}\" is a list of texts; read {item.KindName} in it."))];
    }

    /// <summary>A whole number.</summary>
    /// <param name="name">Field.</param>
    /// <param name="otherwise">Where it is absent.</param>
    /// <param name="least">Least valid number.</param>
    /// <param name="most">Greatest valid number.</param>
    public long Integer(string name, long otherwise, long least, long most)
    {
        if (Find(name) is not { } value)
        {
            return otherwise;
        }

        return value.Kind == JsonTokenType.Number && long.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            && number >= least && number <= most
                ? number
                : throw value.Fault($"\"{name}\" is a whole number from {least} to {most}; read {value.KindName}.");
    }

    /// <summary>A real number.</summary>
    /// <param name="name">Field.</param>
    /// <param name="otherwise">Where it is absent.</param>
    /// <param name="least">Least valid number.</param>
    /// <param name="most">Greatest valid number.</param>
    public double Real(string name, double otherwise, double least, double most)
    {
        if (Find(name) is not { } value)
        {
            return otherwise;
        }

        return value.Kind == JsonTokenType.Number && double.TryParse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            && number >= least && number <= most
                ? number
                : throw value.Fault(string.Create(CultureInfo.InvariantCulture, $"\"{name}\" is a number from {least} to {most}; read {value.KindName}."));
    }

    /// <summary>True or false.</summary>
    /// <param name="name">Field.</param>
    /// <param name="otherwise">Where it is absent.</param>
    public bool Flag(string name, bool otherwise) => Find(name) is not { } value ? otherwise
        : value.Kind is JsonTokenType.True or JsonTokenType.False ? value.Kind == JsonTokenType.True
        : throw value.Fault($"\"{name}\" is true or false; read {value.KindName}.");

    /// <summary>True, false, or a word that leaves the choice to somebody else.</summary>
    /// <param name="name">Field.</param>
    /// <param name="word">The word, which stands for an absent field too.</param>
    /// <returns>Null for the word.</returns>
    /// <exception cref="DocumentException">It is neither.</exception>
    public bool? Choice(string name, string word) => Find(name) is not { } value || (value.Kind == JsonTokenType.String && value.Text == word) ? null
        : value.Kind is JsonTokenType.True or JsonTokenType.False ? value.Kind == JsonTokenType.True
        : throw value.Fault($"\"{name}\" is true, false or \"{word}\"; read {value.KindName}.");

    /// <summary>The fields of an object whose names are free, in the order of the file; none where it is absent.</summary>
    /// <param name="name">Field.</param>
    public IReadOnlyList<DocumentField> Fields(string name) => Find(name) is not { } value ? []
        : value.Kind == JsonTokenType.StartObject ? value.Fields
        : throw value.Fault($"\"{name}\" is an object; read {value.KindName}.");

    /// <summary>Whether the field is there and not null.</summary>
    /// <param name="name">Field.</param>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>The objects of a list; none where it is absent.</summary>
    /// <param name="name">Field.</param>
    /// <param name="what">What each describes, for messages.</param>
    /// <param name="names">The names that a field of them may have.</param>
    public IReadOnlyList<DocumentObject> Objects(string name, string what, params string[] names) =>
        [.. Items(name, "objects").Select(item => Of(item, what, names))];

    /// <summary>Texts in a list, each one of some words.</summary>
    /// <param name="name">Field.</param>
    /// <param name="otherwise">Where it is absent.</param>
    /// <param name="words">The valid words.</param>
    public IReadOnlyList<string> Words(string name, IReadOnlyList<string> otherwise, params string[] words) => !Has(name)
        ? otherwise
        : [.. Items(name, "words").Select(item => item.Kind == JsonTokenType.String && words.Contains(item.Text)
            ? item.Text
            : throw item.Fault(NearestWord.Complain($"value of \"{name}\"", item.Kind == JsonTokenType.String ? item.Text : item.KindName, words)))];

    /// <summary>Whole numbers in a list.</summary>
    /// <param name="name">Field.</param>
    /// <param name="otherwise">Where it is absent.</param>
    /// <param name="least">Least valid number.</param>
    /// <param name="most">Greatest valid number.</param>
    public IReadOnlyList<long> Integers(string name, IReadOnlyList<long> otherwise, long least, long most) => !Has(name)
        ? otherwise
        : [.. Items(name, "whole numbers").Select(item => item.Kind == JsonTokenType.Number
            && long.TryParse(item.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) && number >= least && number <= most
                ? number
                : throw item.Fault($"\"{name}\" is a list of whole numbers from {least} to {most}; read {item.KindName} in it."))];

    /// <summary>A fault of a field; of the whole object where the field is absent.</summary>
    /// <param name="name">Field.</param>
    /// <param name="message">What was read, what was expected, and the hint.</param>
    public DocumentException Fault(string name, string message) => (Find(name) ?? _place).Fault(message);

    private IReadOnlyList<DocumentValue> Items(string name, string kind) => Find(name) is not { } value ? []
        : value.Kind == JsonTokenType.StartArray ? value.Items
        : throw value.Fault($"\"{name}\" is a list of {kind}; read {value.KindName}.");

    private DocumentValue? Find(string name) =>
        _fields.FirstOrDefault(field => field.Name == name)?.Value is { Kind: not JsonTokenType.Null } value ? value : null;
}
