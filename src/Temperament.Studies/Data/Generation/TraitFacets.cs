using Temperament.Models.Text;

namespace Temperament.Studies.Data.Generation;

/// <summary>
/// The six facets of each trait in the NEO inventory (Costa and McCrae, 1992), which PersonalityEdit writes its answers from, with what a
/// person at either end does or says, in words of our own.
/// </summary>
public static class TraitFacets
{
    private static readonly (string Name, string High, string Low)[][] Facets =
    [
        [
            ("fantasy", "drifts into imagined scenes and stories", "keeps to what is there and has no use for daydreams"),
            ("aesthetics", "is moved by beauty, sound, colour and form", "is left cold by art and looks at use alone"),
            ("feelings", "takes each feeling as worth exploring", "pays no heed to feelings"),
            ("actions", "wants to try the new and unknown", "stays with the way it has always been done"),
            ("ideas", "asks why and enjoys theories and riddles", "finds theories idle and wants plain facts"),
            ("values", "questions custom and looks at other ways of life", "holds to custom and authority"),
        ],
        [
            ("competence", "prepares and knows what to do", "is caught unprepared"),
            ("order", "keeps everything in its place, with lists and plans", "lives among clutter and loses things"),
            ("dutifulness", "keeps every promise and rule", "bends rules and lets promises slip"),
            ("achievement striving", "sets goals and works toward them", "is content to drift without a goal"),
            ("self-discipline", "begins at once and carries through", "puts off and gives up halfway"),
            ("deliberation", "weighs every step before acting", "acts on a whim"),
        ],
        [
            ("warmth", "is at once on close terms with others", "keeps others at a distance"),
            ("gregariousness", "seeks crowds and company", "prefers to be alone"),
            ("assertiveness", "takes the lead and speaks up", "stays in the background and lets others talk"),
            ("activity", "is always on the move and busy", "takes it slowly and quietly"),
            ("excitement seeking", "craves thrill, noise and bright lights", "avoids thrill and noise"),
            ("positive emotions", "bubbles over with joy and laughter", "is sober and shows little delight"),
        ],
        [
            ("trust", "takes people to mean well", "suspects what people are after"),
            ("straightforwardness", "is frank and sincere", "flatters and schemes to get ahead"),
            ("altruism", "helps and shares without being asked", "looks after nobody but themselves"),
            ("compliance", "gives way to keep the peace", "argues, competes and does not yield"),
            ("modesty", "plays down what they did", "boasts of being better than others"),
            ("tender-mindedness", "feels for those who are worse off", "has no pity and goes by hard facts"),
        ],
        [
            ("anxiety", "worries about what may go wrong", "is at ease and expects no harm"),
            ("angry hostility", "is soon bitter and annoyed", "is slow to anger"),
            ("depression", "is low, lonely and without hope", "is seldom sad and gets over setbacks"),
            ("self-consciousness", "is ashamed and fears to be judged", "does not mind being watched or wrong"),
            ("impulsiveness", "cannot resist cravings and regrets it", "resists temptation with ease"),
            ("vulnerability", "goes to pieces under pressure", "stays clear-headed in a crisis"),
        ],
    ];

    /// <summary>Names of the facets of a trait.</summary>
    /// <param name="trait">The trait.</param>
    public static IReadOnlyList<string> Of(Trait trait) => [.. Facets[(int)trait].Select(facet => facet.Name)];

    /// <summary>What a person does or says at one end of a facet, to stand after "who".</summary>
    /// <param name="trait">The trait.</param>
    /// <param name="pole">The end.</param>
    /// <param name="facet">Number of the facet, from 0.</param>
    public static string Sign(Trait trait, Pole pole, int facet) => pole == Pole.High ? Facets[(int)trait][facet].High : Facets[(int)trait][facet].Low;
}
