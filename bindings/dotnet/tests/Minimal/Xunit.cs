// What the tests use of xunit, for machines without an SDK: the same test sources compile with this or with the package.

using System;
using System.Collections;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Reflection;
using System.Runtime.ExceptionServices;
using System.Threading.Tasks;

namespace Xunit
{
    /// <summary>A test.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    public sealed class FactAttribute : Attribute
    {
    }

    /// <summary>What a test asserts, and that it does not hold.</summary>
    public sealed class XunitException : Exception
    {
        public XunitException(string message)
            : base(message)
        {
        }
    }

    public static class Assert
    {
        public static void True(bool condition, string? message = null)
        {
            if (!condition) throw new XunitException(message ?? "it is false");
        }

        public static void False(bool condition) => True(!condition, "it is true");

        public static void Null(object? value) => True(value == null, $"it is {value}");

        public static void NotNull(object? value) => True(value != null, "it is null");

        public static void Same(object? expected, object? actual) =>
            True(ReferenceEquals(expected, actual), $"it is {actual}, and not {expected}");

        public static void Equal<T>(T expected, T actual) =>
            True(AreEqual(expected, actual), $"it is {Text(actual)}, and not {Text(expected)}");

        public static void NotEqual<T>(T expected, T actual) => True(!AreEqual(expected, actual), $"it is {Text(actual)}");

        public static void Empty(IEnumerable values) => True(!values.Cast<object>().Any(), $"it has {Text(values)}");

        public static void StartsWith(string expected, string? actual) =>
            True(actual != null && actual.StartsWith(expected, StringComparison.Ordinal), $"{Text(actual)} does not begin with {Text(expected)}");

        public static void Contains(string expected, string? actual) =>
            True(actual?.Contains(expected) == true, $"{actual} has no {expected}");

        public static void Contains<T>(T expected, IEnumerable<T> actual) =>
            True(actual.Contains(expected), $"{Text(actual)} has no {expected}");

        public static T Single<T>(IEnumerable<T> values)
        {
            var listed = values.ToList();
            Equal(1, listed.Count);
            return listed[0];
        }

        public static T Throws<T>(Func<object?> code)
            where T : Exception
        {
            try
            {
                code();
            }
            catch (Exception error)
            {
                return error.GetType() == typeof(T) ? (T)error : throw new XunitException($"it threw {error}");
            }
            throw new XunitException($"it threw no {typeof(T).Name}");
        }

        public static async Task<T> ThrowsAsync<T>(Func<Task> code)
            where T : Exception
        {
            try
            {
                await code();
            }
            catch (Exception error)
            {
                return error.GetType() == typeof(T) ? (T)error : throw new XunitException($"it threw {error}");
            }
            throw new XunitException($"it threw no {typeof(T).Name}");
        }

        private static bool AreEqual<T>(T expected, T actual)
        {
            if (expected is byte[] one && actual is byte[] other) return one.AsSpan().SequenceEqual(other);
            if (expected is IEnumerable ones && actual is IEnumerable others && !(expected is string))
                return ones.Cast<object?>().SequenceEqual(others.Cast<object?>());
            return Equals(expected, actual);
        }

        private static string Text(object? value) =>
            value is byte[] bytes ? $"{bytes.Length} bytes"
            : value is IEnumerable values && !(value is string) ? $"[{string.Join(", ", values.Cast<object?>())}]"
            : value?.ToString() ?? "null";
    }

    /// <summary>Runs the tests of this assembly whose names hold the argument, and says how many passed.</summary>
    public static class Runner
    {
        public static async Task<int> Main(string[] arguments)
        {
            var (passed, failed) = (0, 0);
            var tests = typeof(Runner).Assembly.GetTypes().OrderBy(type => type.Name)
                .SelectMany(type => type.GetMethods().Where(method => method.GetCustomAttribute<FactAttribute>() != null));
            foreach (var test in tests)
            {
                var name = $"{test.DeclaringType!.Name}.{test.Name}";
                if (arguments.Length > 0 && !arguments.Any(name.Contains)) continue;
                var watch = Stopwatch.StartNew();
                var error = await Failure(test);
                if (error == null) passed++;
                else failed++;
                if (error != null) Console.WriteLine($"FAILED {name}\n{error}");
                else if (watch.ElapsedMilliseconds > 2000) Console.WriteLine($"{name}: {watch.ElapsedMilliseconds / 1000.0:F1} s");
            }
            Console.WriteLine($"{passed} passed, {failed} failed");
            return failed == 0 && passed > 0 ? 0 : 1;
        }

        private static async Task<Exception?> Failure(MethodInfo test)
        {
            object? instance = null;
            try
            {
                instance = Activator.CreateInstance(test.DeclaringType!);
                if (test.Invoke(instance, null) is Task task) await task;
                return null;
            }
            catch (TargetInvocationException error)
            {
                return ExceptionDispatchInfo.Capture(error.InnerException!).SourceException;
            }
            catch (Exception error)
            {
                return error;
            }
            finally
            {
                (instance as IDisposable)?.Dispose();
            }
        }
    }
}
