using Temperament.Tensors.Random;

namespace Temperament.Studies.Organism;

/// <summary>Writes the answers of trait data: two or three clauses of a register in one sentence, without emoji; each clause names the topic.</summary>
/// <param name="grammar">What answers are made of.</param>
internal sealed class TraitWriter(CorpusGrammar grammar)
{
    /// <summary>Writes an answer.</summary>
    /// <param name="topic">What it is about.</param>
    /// <param name="register">Whose register.</param>
    /// <param name="stream">Stream of the words.</param>
    public string Write(Topic topic, Register register, RandomStream stream)
    {
        GrammarRates rates = grammar.Rates;
        WordSupply supply = new(topic, grammar.Topics, register, stream);
        Template[] templates = Sentences.Sample<Template>([.. register.Shared, .. register.Tuning], stream.Choose(rates.AnswerClauses), stream);
        string[] clauses = [.. templates.Select((template, index) => template.Render(supply.At(index)))];
        string sentence = Sentences.Capital(Sentences.Join(clauses, 1, rates.Joins, stream)[0]);
        return sentence + (stream.NextDouble() < register.ExclamationRate * rates.AnswerExclamation ? "!" : ".");
    }
}
