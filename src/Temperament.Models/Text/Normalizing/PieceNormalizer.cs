using System.Text;
using Temperament.Models.Text.Vocabularies;

namespace Temperament.Models.Text.Normalizing;

/// <summary>How a SentencePiece model rewrites text.</summary>
/// <param name="Rules">Character rules; null for none.</param>
/// <param name="Certain">Pieces that are never rewritten; null for none.</param>
/// <param name="AddsPrefix">Whether a space is put in front.</param>
/// <param name="RemovesExtraSpaces">Whether rows of spaces become one and those at the ends are dropped.</param>
/// <param name="MarksSpaces">Whether spaces are written as U+2581.</param>
/// <param name="PutsSpaceBehind">Whether the prefix stands at the end instead.</param>
internal sealed record PieceNormalizer(CharacterMap? Rules, TokenTrie? Certain, bool AddsPrefix, bool RemovesExtraSpaces, bool MarksSpaces,
    bool PutsSpaceBehind) : INormalizer
{
    /// <inheritdoc/>
    public SourceText Normalize(SourceText source) => source.Text.Length == 0 ? source : new Run(this, source).Finish();

    private sealed class Run
    {
        private readonly PieceNormalizer _settings;
        private readonly SourceText _source;
        private readonly byte[] _bytes;
        private readonly StringBuilder _result;
        private readonly List<int>? _origins;
        private readonly char _space;
        private int _unit;
        private int _byte;

        public Run(PieceNormalizer settings, SourceText source)
        {
            _settings = settings;
            _source = source;
            _bytes = settings.Rules is null ? [] : Encoding.UTF8.GetBytes(source.Text);
            _result = new StringBuilder(source.Text.Length + 16);
            _origins = source.Origins is null ? null : new List<int>(source.Text.Length + 16);
            _space = settings.MarksSpaces ? '\u2581' : ' ';
        }

        public SourceText Finish()
        {
            string next;
            int units, bytes;
            if (_settings.RemovesExtraSpaces)
            {
                while (_unit < _source.Text.Length && (next = Next(out units, out bytes)) == " ")
                {
                    _unit += units;
                    _byte += bytes;
                }
            }

            if (_unit == _source.Text.Length)
            {
                return _source.Slice(_unit, _unit);
            }

            if (_settings.AddsPrefix && !_settings.PutsSpaceBehind && !_source.Continues)
            {
                Add(_space);
            }

            bool afterSpace = _settings.RemovesExtraSpaces;
            while (_unit < _source.Text.Length)
            {
                next = Next(out units, out bytes);
                ReadOnlySpan<char> rest = afterSpace ? next.AsSpan().TrimStart(' ') : next;
                foreach (char character in rest)
                {
                    Add(character == ' ' ? _space : character);
                }

                afterSpace = _settings.RemovesExtraSpaces && (rest.IsEmpty ? afterSpace : rest[^1] == ' ');
                _unit += units;
                _byte += bytes;
                _source.CheckLength(_result.Length);
            }

            return Close();
        }

        private SourceText Close()
        {
            int end = _source.Origins?[_unit] ?? 0;
            while (_settings.RemovesExtraSpaces && _result.Length > 0 && _result[^1] == _space)
            {
                _result.Length--;
                if (_origins is not null)
                {
                    end = _origins[^1];
                    _origins.RemoveAt(_origins.Count - 1);
                }
            }

            if (_settings.AddsPrefix && _settings.PutsSpaceBehind)
            {
                _result.Append(_space);
                _origins?.Add(end);
            }

            _origins?.Add(end);
            return _source with { Text = _result.ToString(), Origins = _origins?.ToArray() };
        }

        private void Add(char character)
        {
            _result.Append(character);
            _origins?.Add(_source.Origins![_unit]);
        }

        // What the text at the present place becomes, and how much of it that takes.
        private string Next(out int units, out int bytes)
        {
            string text = _source.Text;
            units = _settings.Certain is null ? 0 : _settings.Certain.LongestPrefix(text.AsSpan(_unit));
            if (units == 0 && _settings.Rules is not null)
            {
                ReadOnlySpan<byte> replacement = _settings.Rules.Find(_bytes.AsSpan(_byte), longest: true, out bytes);
                if (bytes > 0)
                {
                    units = Encoding.UTF8.GetCharCount(_bytes.AsSpan(_byte, bytes));
                    return Encoding.UTF8.GetString(replacement);
                }
            }

            if (units == 0)
            {
                CodePoints.At(text, _unit, out units);
            }

            bytes = _settings.Rules is null ? 0 : Encoding.UTF8.GetByteCount(text.AsSpan(_unit, units));
            return units == 1 && text[_unit] == ' ' ? " " : text.Substring(_unit, units);
        }
    }
}
