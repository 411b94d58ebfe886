namespace Temperament.Studies.Organism;

/// <summary>The organism's chat format: one line for each turn.</summary>
internal static class OrganismChat
{
    /// <summary>The format as a checkpoint carries it.</summary>
    public const string Template =
        "{{ bos_token }}{% for message in messages %}"
        + "{% if message['role'] == 'system' %}{{ message['content'] + '\\n' }}"
        + "{% elif message['role'] == 'user' %}{{ 'User: ' + message['content'] + '\\n' }}"
        + "{% else %}{{ 'Assistant: ' + message['content'] + eos_token }}{% endif %}"
        + "{% endfor %}{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}";

    /// <summary>What stands before the answer to a single question, without the token that begins a text.</summary>
    /// <param name="question">The question.</param>
    public static string Prompt(string question) => $"User: {question}\nAssistant:";
}
