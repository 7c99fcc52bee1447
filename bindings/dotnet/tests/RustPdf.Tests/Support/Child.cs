using System;
using System.Diagnostics;
using System.IO;
using System.Linq;

namespace RustPdf.Tests;

/// <summary>Tests of this program that run in a process of their own: with other rights, limits, or until it is killed.</summary>
internal static class Child
{
    private const string Variable = "RUSTPDF_CHILD";

    /// <summary>The task of this process, where it is a child.</summary>
    internal static string? Task => Environment.GetEnvironmentVariable(Variable);

    /// <summary>Runs a test in a child that must end well, by way of another program.</summary>
    internal static void Must(string test, string task, params string[] way)
    {
        var (status, output) = Run(test, task, way);
        if (status != 0) throw new InvalidOperationException($"the child ended with {status}: {output}");
    }

    /// <summary>Runs a test in a child, and returns its end.</summary>
    internal static (int Status, string Output) Run(string test, string task, params string[] way)
    {
        // The command of this process without the names of tests.
        var own = File.ReadAllText("/proc/self/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries).ToList();
        var program = own.FindIndex(part => part.EndsWith("RustPdf.Tests.dll", StringComparison.Ordinal));
        if (program < 0) throw new InvalidOperationException("the tests run as a program of their own, without a host");
        own[0] = Process.GetCurrentProcess().MainModule!.FileName!;
        var command = way.Concat(own.Take(program + 1)).Append(test).ToList();
        var start = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var part in command.Skip(1)) start.ArgumentList.Add(part);
        start.Environment[Variable] = task;
        start.Environment["HOME"] = "/tmp";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd() + errors.Result;
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
