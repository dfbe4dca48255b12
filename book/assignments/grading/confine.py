"""Takes from this process what a student's code has no need of, for good: it cannot be given back.

Files     Landlock: reads Python and its libraries, writes below one folder, sees nothing else.
Network   seccomp: no sockets of any kind.
Others    seccomp: no new processes, no other program, no signals or looks into another process, no memory that outlives it.
Limits    memory, processor time, size of a file, open files.

What it does not stop stands in README.md. Linux 5.13 or later on x86-64 or 64-bit ARM; elsewhere `Unconfined` says what is missing.
Landlock: docs.kernel.org/userspace-api/landlock.html. seccomp: docs.kernel.org/userspace-api/seccomp_filter.html.
"""

import ctypes
import errno
import os
import platform
import resource
import struct
import sys

LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446  # the same on every machine
NO_NEW_PRIVILEGES, SET_SECCOMP, FILTER_MODE = 38, 22, 2  # prctl

# Rights to files, bit by bit, and since which version of Landlock.
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, REMOVE_DIR, REMOVE_FILE = (1 << bit for bit in range(6))
MAKE_DIR, MAKE_REG, TRUNCATE = 1 << 7, 1 << 8, 1 << 14
READ = EXECUTE | READ_FILE | READ_DIR
WRITE = READ_FILE | READ_DIR | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG
ALL_RIGHTS = {1: 13, 2: 14, 3: 15, 5: 16}  # version: how many bits there are
SCOPES = 0b11  # from version 6: abstract sockets, signals

ALLOW, REFUSE, MISSING = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS
CLONE_THREAD = 0x00010000

# Numbers of the calls that are refused: (x86-64, 64-bit ARM); None where a machine has no such call.
CALLS = {
    "fork": (57, None), "vfork": (58, None), "execve": (59, 221), "execveat": (322, 281),
    "socket": (41, 198), "socketpair": (53, 199), "ptrace": (101, 117), "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271), "pidfd_open": (434, 434), "pidfd_getfd": (438, 438), "pidfd_send_signal": (424, 424),
    "kcmp": (312, 272), "setpgid": (109, 154), "setsid": (112, 157), "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240), "tkill": (200, 130),
    "shmget": (29, 194), "semget": (64, 190), "msgget": (68, 186), "mq_open": (240, 180), "memfd_create": (319, 279),
    "memfd_secret": (447, 447), "io_uring_setup": (425, 425), "bpf": (321, 280), "perf_event_open": (298, 241),
    "userfaultfd": (323, 282), "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218),
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "unshare": (272, 97),
    "setns": (308, 268), "open_by_handle_at": (304, 265), "fsopen": (430, 430), "move_mount": (429, 429),
    "open_tree": (428, 428), "init_module": (175, 105), "finit_module": (313, 273), "kexec_load": (246, 104),
    "reboot": (169, 142), "swapon": (167, 224), "swapoff": (168, 225), "sethostname": (170, 161),
    "settimeofday": (164, 170), "clock_settime": (227, 112), "clock_adjtime": (305, 266), "adjtimex": (159, 171),
    "quotactl": (179, 60), "acct": (163, 89), "syslog": (103, 116), "iopl": (172, None), "ioperm": (173, None),
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "chown": (92, None), "fchown": (93, 55),
    "fchownat": (260, 54), "lchown": (94, None), "utimensat": (280, 88), "setxattr": (188, 5), "lsetxattr": (189, 6),
    "fsetxattr": (190, 7), "setpriority": (141, 140), "sched_setscheduler": (144, 119), "flock": (73, 32),
}  # fmt: skip
CLONE, CLONE3, KILL, TGKILL, PRLIMIT = (56, 220), (435, 435), (62, 129), (234, 131), (302, 261)
MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

libc = ctypes.CDLL(None, use_errno=True)


class Unconfined(Exception):
    """This machine cannot confine a process."""


def landlock_version():
    """0 where there is none."""
    version = libc.syscall(LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), 1)
    return max(version, 0)


def missing():
    """What this machine lacks to confine a process, as a sentence; empty if nothing."""
    if not sys.platform.startswith("linux"):
        return f"it is no Linux machine ({sys.platform})"
    if platform.machine() not in MACHINES:
        return f"its processor is not supported ({platform.machine()})"
    if not landlock_version():
        return f"its kernel ({platform.release()}) has no Landlock, or it is switched off"
    return ""


def confine(readable, writable, limits):
    """Confine this process, once and for all, to reading below `readable` and writing below `writable`."""
    limit_resources(**limits)
    if missing():
        raise Unconfined(missing())
    if len(os.listdir("/proc/self/task")) > 1:
        raise Unconfined("a library has started a thread already, which would stay free")
    if libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        raise Unconfined("its kernel does not let a process give up privileges")
    restrict_files(readable, writable)
    restrict_calls()


def limit_resources(memory, seconds, file_size, files):
    """memory and file_size in MB, processor time in s; `files` that may be open at a time."""
    for which, value in (
        (resource.RLIMIT_AS, memory * 2**20),
        (resource.RLIMIT_CPU, int(seconds) + 1),
        (resource.RLIMIT_FSIZE, file_size * 2**20),
        (resource.RLIMIT_NOFILE, files),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
    ):
        hard = resource.getrlimit(which)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (value, value))


def restrict_files(readable, writable):
    version = landlock_version()
    rights = (1 << ALL_RIGHTS[max(known for known in ALL_RIGHTS if known <= version)]) - 1
    attributes = [rights]
    if version >= 4:
        attributes.append(0b11)  # TCP: bind and connect
    if version >= 6:
        attributes.append(SCOPES)
    packed = struct.pack(f"={len(attributes)}Q", *attributes)
    ruleset = libc.syscall(LANDLOCK_CREATE_RULESET, packed, ctypes.c_size_t(len(packed)), 0)
    if ruleset < 0:
        raise Unconfined(f"Landlock refused its rules: {os.strerror(ctypes.get_errno())}")
    write = WRITE | TRUNCATE if version >= 3 else WRITE
    for paths, allowed in ((readable, READ), (writable, write)):
        for path in paths:
            if not os.path.exists(path):
                continue
            allowed_here = allowed if os.path.isdir(path) else allowed & (EXECUTE | READ_FILE | WRITE_FILE)
            place = os.open(path, os.O_PATH | os.O_CLOEXEC)
            rule = struct.pack("=Qi", allowed_here & rights, place)
            if libc.syscall(LANDLOCK_ADD_RULE, ruleset, 1, rule, 0):
                raise Unconfined(f"Landlock refused a rule for {path}: {os.strerror(ctypes.get_errno())}")
            os.close(place)
    if libc.syscall(LANDLOCK_RESTRICT_SELF, ruleset, 0):
        raise Unconfined(f"Landlock did not start: {os.strerror(ctypes.get_errno())}")
    os.close(ruleset)


def restrict_calls():
    """A filter in the kernel's own small language: a table of refused calls, and three that are allowed on oneself."""
    column, machine = MACHINES[platform.machine()]
    own = os.getpid()
    load, equal, set_, give = 0x20, 0x15, 0x45, 0x06  # BPF: load a word, jump if equal, jump if a bit is set, return

    def line(code, value, yes=0, no=0):
        return struct.pack("=HBBI", code, yes, no, value)

    number, architecture, first = 0, 4, 16  # where they are in seccomp_data
    program = [line(load, architecture), line(equal, machine, 1, 0), line(give, REFUSE), line(load, number)]
    if column == 0:  # calls of the 32-bit interface to 64 bits
        program += [line(0x35, 0x40000000, 0, 1), line(give, REFUSE)]
    for numbers in CALLS.values():
        if numbers[column] is not None:
            program += [line(equal, numbers[column], 0, 1), line(give, REFUSE)]
    program += [line(equal, CLONE3[column], 0, 1), line(give, MISSING)]  # then the C library uses clone
    program += [line(equal, CLONE[column], 0, 4), line(load, first), line(set_, CLONE_THREAD, 0, 1)]
    program += [line(give, ALLOW), line(give, REFUSE)]
    for call in (KILL, TGKILL):
        program += [line(equal, call[column], 0, 4), line(load, first), line(equal, own, 0, 1)]
        program += [line(give, ALLOW), line(give, REFUSE)]
    # prlimit64: to look at one's own limits, not to set them or another's
    program += [line(equal, PRLIMIT[column], 0, 4), line(load, first), line(equal, 0, 0, 1)]
    program += [line(give, ALLOW), line(give, REFUSE)]
    program.append(line(give, ALLOW))

    text = ctypes.create_string_buffer(b"".join(program))
    header = struct.pack("@HP", len(program), ctypes.addressof(text))
    if libc.prctl(SET_SECCOMP, FILTER_MODE, header, 0, 0):
        raise Unconfined(f"its kernel refused the filter of calls: {os.strerror(ctypes.get_errno())}")
