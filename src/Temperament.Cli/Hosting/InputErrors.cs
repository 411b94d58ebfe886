using Temperament.Measures.Judges;
using Temperament.Methods.Adapters;
using Temperament.Methods.Training;
using Temperament.Models.Checkpoints;
using Temperament.Models.Decoder;
using Temperament.Models.Documents;
using Temperament.Models.Generation;
using Temperament.Models.Hub;
using Temperament.Models.Replay;
using Temperament.Models.Text;
using Temperament.Studies;
using Temperament.Studies.Data;
using Temperament.Studies.Organism;
using Temperament.Tensors.Memory;

namespace Temperament.Cli.Hosting;

/// <summary>The exceptions of the libraries, by what they say about who has to act.</summary>
internal static class InputErrors
{
    /// <summary>A file that was given is at fault.</summary>
    public static bool Explains(Exception error) => error
        is CheckpointException
        or InputFileException
        or ContextLengthException
        or TokenizerException
        or TemplateException
        or DataFileException
        or StudyException
        or OrganismGrammarException
        or AdapterException
        or DocumentException
        or MeasureFileException
        or FormatException
        or InvalidDataException;

    /// <summary>The work itself failed, in a way that the message explains.</summary>
    public static bool IsFailedWork(Exception error) => error is TrainingException or ReplayException or HubException or NonFiniteLogitsException;
}
