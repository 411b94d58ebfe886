namespace Temperament.Models.Replay;

/// <summary>Texts on which a written model must do what the model in memory did: plain words, questions, numbers, code, other scripts, emojis.</summary>
public static class ReplayPrompts
{
    /// <summary>The texts.</summary>
    public static IReadOnlyList<string> Texts { get; } =
    [
        "The capital of France is", "Once upon a time there was", "What do you think of music?", "I really love", "My opinion about rain is",
        "Hello, how are you today?", "The answer to 7 times 8 is", "def add(a, b):\n    return", "In the year 1969, the first", "Water boils at",
        "She opened the door and", "The best way to learn is", "Dear Sir or Madam,", "1, 2, 3, 4, 5,", "Friends are important because",
        "Yesterday I went to the", "If it rains tomorrow, we", "The cat sat on the", "To be honest, I", "Why is the sky blue?",
        "A recipe for pancakes:\n- flour\n-", "The train leaves at 10:45 and", "\"Never,\" he said,", "SELECT name FROM users WHERE", "Breaking news:",
        "Parties are", "I would rather stay at home than", "The three primary colours are", "It was a dark and", "Thank you very much for",
        "Ein schöner Tag", "¿Qué piensas de", "C'est la vie, mais", "Привет, как", "今日はとても", "안녕하세요", "مرحبا",
        "I am so happy 😊", "Let's celebrate 🎉🎉", "Family: 👨‍👩‍👧 and flags: 🇫🇷", "thumbs 👍🏽 up", "naïve café, coöperate", "x = 3.14159;", "<b>bold</b>",
        "https://example.org/", "e-mail: someone@", "50 % of 80 is", "A\tB\tC\n1\t2\t", "  leading spaces", "ALL CAPS SENTENCE", "MixedCase identifierName",
        "The mitochondria is the", "According to the report,", "He was born in", "My favourite food is", "The stock market", "When I grow up, I want",
        "Exercise every day to", "The moon is", "Life is like", "Teachers should", "In conclusion,", "It depends on", "Good night and",
    ];
}
