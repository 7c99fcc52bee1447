using System;
using System.Diagnostics;

namespace RustPdf.Tests;

/// <summary>Other programs.</summary>
internal static class Shell
{
    internal static bool IsRoot => Output("id", "-u").Trim() == "0";

    /// <summary>What a program says, whatever its end.</summary>
    internal static string Output(string program, params string[] arguments) => Run(program, arguments).Output;

    /// <summary>Runs a program that must end well.</summary>
    internal static string Must(string program, params string[] arguments)
    {
        var (status, output) = Run(program, arguments);
        return status == 0 ? output : throw new InvalidOperationException($"{program} ended with {status}: {output}");
    }

    private static (int Status, string Output) Run(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        using var standardError = process.StandardError;
        using var standardOutput = process.StandardOutput;
        var errors = standardError.ReadToEndAsync();
        var output = standardOutput.ReadToEnd() + errors.Result;
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    /// <summary>Has Poppler's pdfsig judge a signed file, with the root of the test PKI trusted.</summary>
    internal static void JudgeByPdfsig(string path) =>
        Must(
            Repository.At("tests/judges/venv/bin/python"), Repository.At("tests/judges/judge.py"),
            "--root", Pki.PathOf("root.pem"), "--only", "pdfsig", path);
}
