using Temperament.Models.Checkpoints;

namespace Temperament.Models.Text;

/// <summary>What a piece of a SentencePiece model is for; the numbers are those of the file.</summary>
internal enum PieceType
{
    /// <summary>Text.</summary>
    Normal = 1,

    /// <summary>Stands for what no piece has.</summary>
    Unknown = 2,

    /// <summary>Steers the model.</summary>
    Control = 3,

    /// <summary>Text that is never cut.</summary>
    UserDefined = 4,

    /// <summary>Text that is not given out.</summary>
    Unused = 5,

    /// <summary>One byte.</summary>
    Byte = 6,
}

/// <summary>One piece.</summary>
/// <param name="Text">Its text.</param>
/// <param name="Score">Its score.</param>
/// <param name="Type">What it is for.</param>
internal readonly record struct ScoredPiece(string Text, float Score, PieceType Type);

/// <summary>
/// The content of a <c>tokenizer.model</c>: a protobuf message ModelProto.
/// https://github.com/google/sentencepiece/blob/master/src/sentencepiece_model.proto
/// </summary>
internal sealed class SentencePieceModel
{
    private readonly string _path;
    private readonly List<ScoredPiece> _pieces = [];

    private SentencePieceModel(string path)
    {
        _path = path;
    }

    /// <summary>Pieces by id.</summary>
    public IReadOnlyList<ScoredPiece> Pieces => _pieces;

    /// <summary>1 unigram, 2 byte pairs, 3 words, 4 characters.</summary>
    public int ModelType { get; private set; } = 1;

    /// <summary>Whether unknown characters are written as bytes.</summary>
    public bool FallsBackToBytes { get; private set; }

    /// <summary>Whether spaces stand at the ends of pieces.</summary>
    public bool PutsSpaceBehind { get; private set; }

    /// <summary>What an unknown piece shows as.</summary>
    public string UnknownSurface { get; private set; } = " \u2047 ";

    /// <summary>Ids of the unknown, first, last and padding piece; -1 where there is none.</summary>
    public (int Unknown, int First, int Last, int Padding) Special { get; private set; } = (0, 1, 2, -1);

    /// <summary>Character rules; empty for none.</summary>
    public ReadOnlyMemory<byte> CharacterRules { get; private set; }

    /// <summary>Whether a space is put in front of a text.</summary>
    public bool AddsPrefix { get; private set; } = true;

    /// <summary>Whether rows of spaces become one and those at the ends are dropped.</summary>
    public bool RemovesExtraSpaces { get; private set; } = true;

    /// <summary>Whether spaces are written as U+2581.</summary>
    public bool MarksSpaces { get; private set; } = true;

    /// <summary>Reads a file.</summary>
    /// <exception cref="CheckpointException">It is damaged.</exception>
    public static SentencePieceModel Read(string path, ReadOnlyMemory<byte> content)
    {
        var model = new SentencePieceModel(path);
        var message = new ProtobufReader(path, content);
        while (message.Next())
        {
            switch (message.Field)
            {
                case 1:
                    model.ReadPiece(message.Message());
                    break;
                case 2:
                    model.ReadTrainer(message.Message());
                    break;
                case 3:
                    model.ReadNormalizer(message.Message());
                    break;
                default:
                    message.Skip();
                    break;
            }
        }

        return model._pieces.Count > 0
            ? model
            : throw new CheckpointException(path, "no pieces", "a SentencePiece model", "This is another file than its name says.");
    }

    private void ReadPiece(ProtobufReader message)
    {
        (string text, float score, int type) = ("", 0, (int)PieceType.Normal);
        while (message.Next())
        {
            switch (message.Field)
            {
                case 1:
                    text = message.String();
                    break;
                case 2:
                    score = message.Float();
                    break;
                case 3:
                    type = message.Int();
                    break;
                default:
                    message.Skip();
                    break;
            }
        }

        if (text.Length == 0 || !float.IsFinite(score) || type is < (int)PieceType.Normal or > (int)PieceType.Byte)
        {
            throw new CheckpointException(_path, $"piece {_pieces.Count} with the text \"{text}\", the score {score} and the type {type}",
                "a text, a finite score and a type from 1 to 6", "The file is damaged.");
        }

        if (_pieces.Count == TokenizerVocabulary.MaxTokens)
        {
            throw new CheckpointException(_path, $"more than {TokenizerVocabulary.MaxTokens} pieces", "fewer", "The file is damaged.");
        }

        _pieces.Add(new ScoredPiece(text, score, (PieceType)type));
    }

    private void ReadTrainer(ProtobufReader message)
    {
        while (message.Next())
        {
            switch (message.Field)
            {
                case 3:
                    ModelType = message.Int();
                    break;
                case 24:
                    PutsSpaceBehind = message.Bool();
                    break;
                case 35:
                    FallsBackToBytes = message.Bool();
                    break;
                case 40:
                    Special = Special with { Unknown = message.Int() };
                    break;
                case 41:
                    Special = Special with { First = message.Int() };
                    break;
                case 42:
                    Special = Special with { Last = message.Int() };
                    break;
                case 43:
                    Special = Special with { Padding = message.Int() };
                    break;
                case 44:
                    UnknownSurface = message.String();
                    break;
                default:
                    message.Skip();
                    break;
            }
        }
    }

    private void ReadNormalizer(ProtobufReader message)
    {
        while (message.Next())
        {
            switch (message.Field)
            {
                case 2:
                    CharacterRules = message.Bytes();
                    break;
                case 3:
                    AddsPrefix = message.Bool();
                    break;
                case 4:
                    RemovesExtraSpaces = message.Bool();
                    break;
                case 5:
                    MarksSpaces = message.Bool();
                    break;
                default:
                    message.Skip();
                    break;
            }
        }
    }
}
