// Runs a program and ends the process with its exit code, at once.
//
// Mono's own way out waits up to a minute for parked threads of its pool, now and then,
// after all the work is done.

using System;
using System.Runtime.InteropServices;

static class Launcher
{
    [DllImport("libc")]
    static extern void _exit(int code);

    static void Main(string[] command)
    {
        var arguments = new string[command.Length - 1];
        Array.Copy(command, 1, arguments, 0, arguments.Length);
        int code = AppDomain.CurrentDomain.ExecuteAssembly(command[0], arguments);
        Console.Out.Flush();
        Console.Error.Flush();
        _exit(code);
    }
}
