using System;
using System.Runtime.InteropServices;

namespace RustPdf;

/// <summary>The functions of the native library: frames in, frames out.</summary>
internal static unsafe class Core
{
    private const string Library = "rustpdf";

    /// <summary>Starts a machine. Its first step reports a start frame that cannot be read.</summary>
    internal static MachineHandle Start(ReadOnlySpan<byte> frame)
    {
        fixed (byte* first = frame) return rustpdf_machine_new(first, (UIntPtr)frame.Length);
    }

    /// <summary>Answers the open question of a machine, and returns its next step.</summary>
    internal static Frame Next(MachineHandle machine, ReadOnlySpan<byte> answer)
    {
        fixed (byte* first = answer)
        {
            rustpdf_machine_next(machine, first, (UIntPtr)answer.Length, out var step);
            return Decode(step);
        }
    }

    /// <summary>Performs an operation that needs no machine.</summary>
    internal static Frame Call(ReadOnlySpan<byte> frame)
    {
        fixed (byte* first = frame)
        {
            rustpdf_call(first, (UIntPtr)frame.Length, out var result);
            return Decode(result);
        }
    }

    private static Frame Decode(NativeFrame frame)
    {
        try
        {
            return Frame.Decode(new ReadOnlySpan<byte>(frame.Data, checked((int)frame.Length)));
        }
        finally
        {
            rustpdf_free(frame.Data, frame.Length);
        }
    }

    [DllImport(Library)]
    private static extern MachineHandle rustpdf_machine_new(byte* frame, UIntPtr length);

    [DllImport(Library)]
    private static extern void rustpdf_machine_next(MachineHandle machine, byte* frame, UIntPtr length, out NativeFrame step);

    [DllImport(Library)]
    private static extern void rustpdf_machine_free(IntPtr machine);

    [DllImport(Library)]
    private static extern void rustpdf_call(byte* frame, UIntPtr length, out NativeFrame result);

    [DllImport(Library)]
    private static extern void rustpdf_free(byte* data, UIntPtr length);

    [StructLayout(LayoutKind.Sequential)]
    private struct NativeFrame
    {
        internal byte* Data;
        internal UIntPtr Length;
    }

    /// <summary>One run of the core. The handle is freed on every way out, and a call in progress keeps it alive.</summary>
    internal sealed class MachineHandle : SafeHandle
    {
        private MachineHandle()
            : base(IntPtr.Zero, ownsHandle: true)
        {
        }

        public override bool IsInvalid => handle == IntPtr.Zero;

        protected override bool ReleaseHandle()
        {
            rustpdf_machine_free(handle);
            return true;
        }
    }
}
