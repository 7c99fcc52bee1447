using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;

namespace RustPdf.Tests;

/// <summary>The services of tests/services. They end with this process.</summary>
internal static class Services
{
    private static readonly Lazy<JsonElement> Started = new(Start);

    /// <summary>Address of the services.</summary>
    internal static string Url => Started.Value.GetProperty("faults").GetString()!;

    /// <summary>Address of a timestamp service.</summary>
    internal static string Tsa(string name = "tsa") => Started.Value.GetProperty("tsa").GetProperty(name).GetString()!;

    /// <summary>A certificate.</summary>
    internal static byte[] Certificate(string name) =>
        File.ReadAllBytes(Path.Combine(Started.Value.GetProperty("certs").GetString()!, $"{name}.cert.der"));

    /// <summary>Folder of the keys.</summary>
    internal static string Keys => Started.Value.GetProperty("keys").GetString()!;

    /// <summary>A path with a fault.</summary>
    internal static string With(string fault, string path) => $"{Url}/+{fault}{path}";

    private static JsonElement Start()
    {
        var folder = Directory.CreateTempSubdirectory("rustpdf-services-").FullName;
        var printed = Shell.Must(Repository.At("tests/services/start.sh"), folder);
        return JsonDocument.Parse(printed).RootElement.Clone();
    }
}

/// <summary>A server of a test, which answers each connection with the same bytes.</summary>
internal sealed class LocalServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);

    internal LocalServer(Func<string, IEnumerable<byte[]>> answer)
    {
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        _ = Serve(answer);
    }

    internal LocalServer(string answer)
        : this(_ => [Encoding.ASCII.GetBytes(answer)])
    {
    }

    internal int Port { get; }

    internal string Url => $"http://127.0.0.1:{Port}";

    /// <summary>First lines of the requests.</summary>
    internal List<string> Asked { get; } = [];

    public void Dispose() => listener.Stop();

    private async Task Serve(Func<string, IEnumerable<byte[]>> answer)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                var stream = client.GetStream();
                var buffer = new byte[16384];
                try
                {
                    var head = Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer));
                    lock (Asked) Asked.Add(head.Split("\r\n").First());
                    foreach (var piece in answer(head)) await stream.WriteAsync(piece);
                }
                catch (IOException)
                {
                }
            }
        }
        catch (SocketException)
        {
        }
        catch (ObjectDisposedException)
        {
        }
    }
}
