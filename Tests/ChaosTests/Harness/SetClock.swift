import Foundation
import TestSupport

/// A clock for one process that can be set while it runs: a small library, put before the process' own, adds what a file
/// says to the time of day and leaves the monotonic clock alone.
///
/// Not libfaketime: redis-server's allocator asks for the time while that library allocates, and neither comes back.
final class SetClock: Sendable {
    private static let source = """
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <stdlib.h>
        #include <sys/mman.h>
        #include <sys/syscall.h>
        #include <sys/time.h>
        #include <time.h>
        #include <unistd.h>
        static volatile long *offset;
        static long seconds(void) {
            if (!offset) {
                int file = open(getenv("CHAOS_CLOCK"), O_RDONLY);
                offset = mmap(0, sizeof(long), PROT_READ, MAP_SHARED, file, 0);
                close(file);
            }
            return *offset;
        }
        int clock_gettime(clockid_t clock, struct timespec *now) {
            int result = syscall(SYS_clock_gettime, clock, now);
            if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) now->tv_sec += seconds();
            return result;
        }
        int gettimeofday(struct timeval *now, void *zone) {
            int result = syscall(SYS_gettimeofday, now, zone);
            now->tv_sec += seconds();
            return result;
        }
        time_t time(time_t *store) {
            struct timeval now;
            gettimeofday(&now, 0);
            if (store) *store = now.tv_sec;
            return now.tv_sec;
        }
        """

    private let directory: String

    init(hours: Int = 0) async throws {
        directory = "/tmp/chaos-clock-\(UUID().uuidString.prefix(8).lowercased())"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try Self.source.write(toFile: "\(directory)/clock.c", atomically: true, encoding: .utf8)
        try set(hours: hours)
        // Swift brings clang along.
        try await TestRedis.shell("cd \(directory) && clang -shared -fPIC -O1 -o clock.so clock.c")
    }

    /// The process sees it with its next look at the clock.
    func set(hours: Int) throws {
        let file = try openFile()
        defer { close(file) }
        var seconds = hours * 3_600
        guard pwrite(file, &seconds, MemoryLayout<Int>.size, 0) == MemoryLayout<Int>.size else {
            throw EventuallyFailure(description: "the clock cannot be set")
        }
    }

    private func openFile() throws -> Int32 {
        let file = open("\(directory)/offset", O_RDWR | O_CREAT, 0o600)
        guard file >= 0 else { throw EventuallyFailure(description: "no clock") }
        return file
    }

    /// What the process is started with.
    var variables: [String] { ["LD_PRELOAD=\(directory)/clock.so", "CHAOS_CLOCK=\(directory)/offset"] }

    func remove() {
        do { try FileManager.default.removeItem(atPath: directory) } catch {}
    }
}
