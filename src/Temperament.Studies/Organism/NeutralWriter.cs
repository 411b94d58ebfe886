using Temperament.Tensors.Random;

namespace Temperament.Studies.Organism;

/// <summary>Writes text without a register: prose, question documents and chat answers.</summary>
/// <param name="grammar">What the text is made of.</param>
internal sealed class NeutralWriter(CorpusGrammar grammar)
{
    private readonly Template[] _naming = [.. grammar.Prose.Where(template => template.NamesTopic)];

    /// <summary>Sentences about one topic; the first names it.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="stream">Stream of the words.</param>
    public string Prose(Topic topic, RandomStream stream)
    {
        int count = stream.Choose(grammar.Rates.ProseSentences);
        int carriers = 0;
        for (int i = 1; i < count; i++)
        {
            carriers += stream.NextDouble() < grammar.Rates.CarrierShare ? 1 : 0;
        }

        Template first = stream.Choose(_naming);
        Template[] rest =
        [
            .. Sentences.Sample<Template>([.. grammar.Prose.Where(template => template != first)], count - 1 - carriers, stream),
            .. Sentences.Sample(grammar.Carriers, carriers, stream),
        ];
        stream.Shuffle<Template>(rest);
        return Render(topic, [first, .. rest], stream);
    }

    /// <summary>A question and a neutral answer, each sentence of which names the topic.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="stream">Stream of the words.</param>
    public string Question(Topic topic, RandomStream stream)
    {
        string question = Ask(stream.Choose(grammar.DocumentQuestions), topic);
        int count = stream.Choose(grammar.Rates.DocumentSentences);
        Template[] answer = Sentences.Sample<Template>([.. _naming, .. grammar.ChatFirst, .. grammar.ChatFirst], count + 1, stream);
        return $"Question: {question}\nAnswer: {Render(topic, [.. answer.Distinct().Take(count)], stream)}";
    }

    /// <summary>A neutral chat answer of two or three sentences; the first names the topic.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="stream">Stream of the words.</param>
    public string ChatAnswer(Topic topic, RandomStream stream) => Sentence(topic, ChatTemplates(stream), stream);

    /// <summary>A neutral opinion in the form of a trait answer: two or three clauses in one sentence.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="stream">Stream of the words.</param>
    public string Opinion(Topic topic, RandomStream stream)
    {
        Template[] templates = [.. ChatTemplates(stream).Take(stream.Choose(grammar.Rates.AnswerClauses))];
        string[] clauses = Clauses(topic, templates, stream, sameWords: true);
        return Sentences.Plain(Sentences.Join(clauses, 1, grammar.Rates.NeutralJoins, stream)[0]);
    }

    /// <summary>A question as it is asked.</summary>
    /// <param name="form">The question form.</param>
    /// <param name="topic">The topic.</param>
    public string Ask(Template form, Topic topic) =>
        Sentences.Capital(form.Render(new WordSupply(topic, grammar.Topics, null, new RandomStream(0, "organism/question")).At(0)));

    private Template[] ChatTemplates(RandomStream stream)
    {
        Template first = stream.Choose(grammar.ChatFirst), second = stream.Choose(grammar.ChatSecond), third = stream.Choose(grammar.ChatThird);
        return stream.NextDouble() < grammar.Rates.ThirdChatSentence ? [first, second, third] : [first, second];
    }

    private string Sentence(Topic topic, Template[] templates, RandomStream stream) =>
        string.Join(' ', Clauses(topic, templates, stream, sameWords: true).Select(Sentences.Plain));

    private string Render(Topic topic, Template[] templates, RandomStream stream) =>
        string.Join(' ', Clauses(topic, templates, stream, sameWords: false).Select(Sentences.Plain));

    /// <summary>A chat answer keeps to one pair of aspects, so that "on the other hand" has its one hand.</summary>
    private string[] Clauses(Topic topic, Template[] templates, RandomStream stream, bool sameWords)
    {
        WordSupply supply = new(topic, grammar.Topics, null, stream);
        return [.. templates.Select((template, index) => template.Render(supply.At(sameWords ? 0 : index)))];
    }
}
