using System.Text.Json;
using Temperament.Tensors.Diagnostics;

namespace Temperament.Cli.Rendering;

/// <summary>The machine and its limits as JSON.</summary>
internal static class MachineJson
{
    /// <summary>Opens an object and writes the machine into it; the caller closes it.</summary>
    public static void Write(Utf8JsonWriter json, MachineLimits limits)
    {
        MachineDescription machine = limits.Machine;
        json.WriteStartObject();
        json.WriteString("processor", machine.Processor);
        json.WriteString("architecture", machine.Architecture);
        json.WriteString("operatingSystem", machine.OperatingSystem);
        json.WriteString("runtime", machine.Runtime);
        json.WriteNumber("logicalProcessors", machine.LogicalProcessors);
        json.WriteNumber("physicalCores", machine.PhysicalCores);
        json.WriteNumber("threads", limits.Threads);
        json.WriteNumber("vectorBits", machine.VectorBits);
        json.WriteStartArray("instructionSets");
        foreach (string name in machine.InstructionSets)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
        json.WriteStartArray("caches");
        foreach (CacheDescription cache in machine.Caches)
        {
            json.WriteStartObject();
            json.WriteNumber("level", cache.Level);
            json.WriteNumber("bytes", cache.Bytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("memoryBytes", machine.MemoryBytes);
        json.WriteStartObject("limits");
        json.WriteReal("multiplyAddOneCoreGflops", limits.MultiplyAddOneCore);
        json.WriteReal("multiplyAddAllCoresGflops", limits.MultiplyAddAllCores);
        json.WriteReal("readOneCoreGBs", limits.ReadOneCore);
        json.WriteReal("readAllCoresGBs", limits.ReadAllCores);
        json.WriteReal("copyAllCoresGBs", limits.CopyAllCores);
        json.WriteEndObject();
    }
}
