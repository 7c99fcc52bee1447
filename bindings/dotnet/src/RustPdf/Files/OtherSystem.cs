using System;
using System.Diagnostics;
using System.Net;

namespace RustPdf;

/// <summary>Facts of processes from the class library, for systems other than Linux. Its first use takes many milliseconds.</summary>
internal static class OtherSystem
{
    internal static string HostName() => Dns.GetHostName();

    internal static bool Lives(long pid)
    {
        try
        {
            using var process = Process.GetProcessById(checked((int)pid));
            return true;
        }
        catch (Exception error) when (error is ArgumentException || error is OverflowException)
        {
            return false;
        }
    }
}
