internal import CUdev
internal import Glibc
internal import Readiness
internal import Synchronization

/// The events of devices from now on, as a sequence.
///
///     let monitor = try DeviceMonitor(of: ["net", "usb"])
///     let present = try Udev.devices(of: ["net", "usb"])
///     for try await event in monitor {
///         switch event {
///         case .device(let device): print(device.action ?? "", device.syspath)
///         case .lost: ...          // enumerate again and compare
///         }
///     }
///
/// To miss nothing, create the monitor first, then enumerate, and ignore events whose sequence number is not new.
///
/// It is for one consumer: of several, each would get a part of the events.
public final class DeviceMonitor: AsyncSequence, Sendable {
    /// An event.
    public enum Event: Hashable, Sendable {
        /// An event of this device.
        case device(Device)
        /// Events were lost: the devices must be enumerated again.
        case lost
    }

    /// The source of events.
    public enum Source: String, Sendable {
        /// udev, after it has processed its rules: names, links and properties are final.
        case udev
        /// The kernel, immediately. For systems without udev.
        case kernel
    }

    /// The error of reading the socket.
    public typealias Failure = UdevError

    /// As large as udev's own: a burst of devices must not overrun it.
    private static let bufferSize: Int32 = 128 << 20

    /// libudev's objects may be used by any thread, but by one at a time.
    private let handle: Mutex<Handle>
    private let descriptor: Int32
    private let attributes: [String]

    /// Starts to receive events.
    ///
    /// - Parameters:
    ///   - subsystems: The subsystems; none for all. The kernel filters: events of others do not wake the process.
    ///   - source: The source of the events.
    ///   - attributes: Which of a device's attributes to read.
    ///   - shared: A socket that collects the source's events already, such as the service manager's
    ///     (`ListenNetlink=kobject-uevent 2` of systemd.socket(5)): the events that wait in it are kept. The
    ///     descriptor stays the caller's. Without it, the monitor opens a socket.
    /// - Throws: `UdevError` if the socket cannot be opened.
    public init(
        of subsystems: [String] = [], from source: Source = .udev, attributes: [String] = [],
        sharing shared: Int32? = nil
    ) throws(UdevError) {
        let handle = try Handle(source)
        // A filter applies to the socket that is open when it is added.
        if shared == nil { try handle.filter(subsystems) }
        // More than the system's limit requires CAP_NET_ADMIN; without it, the buffer is smaller.
        _ = udev_monitor_set_receive_buffer_size(handle.monitor, Self.bufferSize)
        try UdevError.check(udev_monitor_enable_receiving(handle.monitor), of: "udev_monitor_enable_receiving")
        descriptor = udev_monitor_get_fd(handle.monitor)
        if let shared {
            try handle.replace(descriptor, by: shared)
            try handle.filter(subsystems)
            try UdevError.check(udev_monitor_filter_update(handle.monitor), of: "udev_monitor_filter_update")
        }
        self.handle = Mutex(handle)
        self.attributes = attributes
    }

    /// Reads the next event.
    ///
    /// - Returns: `nil` if none waits.
    private func receive() throws(UdevError) -> Event? {
        try handle.withLock { handle throws(UdevError) in
            errno = 0
            guard let device = udev_monitor_receive_device(handle.monitor) else {
                switch errno {
                case 0, EAGAIN, EINTR: return nil
                case ENOBUFS: return .lost
                default: throw UdevError("udev_monitor_receive_device")
                }
            }
            defer { udev_device_unref(device) }
            return Device(device, attributes: attributes).map(Event.device)
        }
    }

    /// All events that wait, as soon as there is one; none when the task is cancelled.
    ///
    /// For consumers that do costly work after events: of a burst they get all events so far, in order.
    ///
    /// - Parameter limit: The most events to return; the rest follows with the next call.
    /// - Throws: `UdevError` if the socket is broken. Events that were read before are returned first.
    public func batch(limit: Int = 1024) async throws(UdevError) -> [Event] {
        var events: [Event] = []
        while !Task.isCancelled {
            do throws(UdevError) {
                while events.count < limit, let event = try receive() { events.append(event) }
            } catch {
                if events.isEmpty { throw error }
            }
            if !events.isEmpty { return events }
            await Readiness.read(of: descriptor)
        }
        return events
    }

    /// The events.
    public func makeAsyncIterator() -> Iterator { Iterator(monitor: self) }

    /// Reads events.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let monitor: DeviceMonitor

        /// The next event, as soon as there is one; `nil` when the task is cancelled.
        public mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws(UdevError)
            -> Event?
        {
            while !Task.isCancelled {
                if let event = try monitor.receive() { return event }
                await Readiness.read(of: monitor.descriptor)
            }
            return nil
        }
    }

    /// Owns libudev's objects.
    private struct Handle: ~Copyable {
        let udev: OpaquePointer
        let monitor: OpaquePointer

        init(_ source: Source) throws(UdevError) {
            guard let udev = udev_new() else { throw UdevError("udev_new") }
            guard let monitor = udev_monitor_new_from_netlink(udev, source.rawValue) else {
                let error = UdevError("udev_monitor_new_from_netlink")
                udev_unref(udev)
                throw error
            }
            self.udev = udev
            self.monitor = monitor
        }

        /// Lets only events of these subsystems pass; all, if there are none.
        func filter(_ subsystems: [String]) throws(UdevError) {
            for subsystem in subsystems {
                try UdevError.check(
                    udev_monitor_filter_add_match_subsystem_devtype(monitor, subsystem, nil),
                    of: "udev_monitor_filter_add_match_subsystem_devtype")
            }
        }

        /// Has the monitor read another socket. libudev opens a socket of its own and accepts no other, but refers to
        /// it only by its number, and checks each event: that it comes from root (SCM_CREDENTIALS), from udev or the
        /// kernel, and passes the filter. So the other socket gets that number.
        func replace(_ descriptor: Int32, by shared: Int32) throws(UdevError) {
            guard dup2(shared, descriptor) >= 0, fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else {
                throw UdevError("dup2")
            }
            var yes: Int32 = 1
            guard setsockopt(descriptor, SOL_SOCKET, SO_PASSCRED, &yes, socklen_t(MemoryLayout<Int32>.size)) == 0
            else { throw UdevError("setsockopt") }
            // The filter of a former monitor, if there is one.
            _ = setsockopt(descriptor, SOL_SOCKET, SO_DETACH_FILTER, &yes, socklen_t(MemoryLayout<Int32>.size))
        }

        deinit {
            udev_monitor_unref(monitor)
            udev_unref(udev)
        }
    }
}
