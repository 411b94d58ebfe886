using Temperament.Cli;
using Temperament.Cli.Hosting;

using var interruption = new Interruption(Console.Error);
return new Application(Terminal.OfProcess(), interruption.Token).Run(args);
