# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""
/dev/iommu for tests in Python, by ctypes over libiommufd.so.

    import iommufd
    with iommufd.Context() as ctx:
        ioas = ctx.ioas()
        memory = iommufd.Memory(1 << 21)
        iova = ioas.map(memory)
        with iommufd.Device("0000:01:00.0") as device:
            device.bind(ctx)
            device.attach(ioas)

A call that the kernel refuses raises iommufd.Refused, an OSError whose text
is what iommufd_explain() has to say. LIBIOMMUFD names the library if it is not
where the loader looks.
"""
import ctypes
import os

READABLE = 1 << 2
WRITEABLE = 1 << 1
FIXED_IOVA = 1 << 0

OPEN = 1
VFIO_OPEN = 2


def _command(number, letter=ord(";")):
    """_IO(letter, number)"""
    return letter << 8 | number


# For the explanations alone: the library knows how to issue each call.
IOAS_ALLOC = _command(0x81)
IOAS_MAP = _command(0x85)
IOAS_UNMAP = _command(0x86)
DESTROY = _command(0x80)
VFIO_BIND = _command(100 + 18)
VFIO_ATTACH = _command(100 + 19)
VFIO_DETACH = _command(100 + 20)
VFIO_RESET = _command(100 + 11)

PAGES_USUAL, PAGES_2M, PAGES_1G = range(3)


class _Meaning(ctypes.Structure):
    _fields_ = [("field", ctypes.c_char_p), ("reason", ctypes.c_char_p),
                ("cure", ctypes.c_char_p)]


class _Explanation(ctypes.Structure):
    _fields_ = [("call", ctypes.c_char_p), ("error", ctypes.c_char_p),
                ("traced", ctypes.c_int), ("num", ctypes.c_uint),
                ("value", ctypes.c_uint64), ("device", ctypes.c_char * 64),
                ("meaning", _Meaning * 40), ("text", ctypes.c_char * 256)]


class _Memory(ctypes.Structure):
    _fields_ = [("va", ctypes.c_void_p), ("length", ctypes.c_size_t),
                ("fd", ctypes.c_int)]


_lib = ctypes.CDLL(os.environ.get("LIBIOMMUFD", "libiommufd.so.0"))
_lib.iommufd_session_fd.argtypes = [ctypes.c_void_p]
_lib.iommufd_session_close.argtypes = [ctypes.c_void_p]
_lib.iommufd_session_trace.argtypes = [ctypes.c_void_p]
_lib.iommufd_explain.argtypes = [ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int,
                                 ctypes.POINTER(_Explanation)]
_lib.iommufd_explain_text.argtypes = [ctypes.POINTER(_Explanation),
                                      ctypes.c_char_p, ctypes.c_size_t]
_lib.iommufd_ioas_map.argtypes = [ctypes.c_int, ctypes.c_uint32, ctypes.c_void_p,
                                  ctypes.c_uint64, ctypes.c_uint32,
                                  ctypes.POINTER(ctypes.c_uint64)]
_lib.iommufd_ioas_unmap.argtypes = [ctypes.c_int, ctypes.c_uint32,
                                    ctypes.c_uint64, ctypes.c_uint64,
                                    ctypes.POINTER(ctypes.c_uint64)]
_lib.iommufd_memory_alloc.argtypes = [ctypes.POINTER(_Memory), ctypes.c_size_t,
                                      ctypes.c_int]


class Refused(OSError):
    """The kernel said no; the text has the field, the reason and the cure."""

    def __init__(self, session, request, rc):
        why = _Explanation()
        text = ctypes.create_string_buffer(4096)
        if _lib.iommufd_explain(session, request, rc, why):
            super().__init__(-rc, os.strerror(-rc))
        else:
            _lib.iommufd_explain_text(why, text, len(text))
            super().__init__(-rc, text.value.decode())
        self.traced = bool(why.traced)
        self.meanings = [(m.field.decode(), m.reason.decode(), m.cure.decode())
                         for m in why.meaning[:why.num]]


def _check(session, request, rc):
    if rc < 0:
        raise Refused(session, request, rc)
    return rc


class Memory:
    """A memfd, mapped; buffer is a bytearray-like view of it."""

    def __init__(self, length, pages=PAGES_USUAL):
        self._memory = _Memory(fd=-1)
        rc = _lib.iommufd_memory_alloc(self._memory, length, pages)
        if rc:
            raise OSError(-rc, os.strerror(-rc))
        self.va, self.length = self._memory.va, length
        self.fd = self._memory.fd
        self.buffer = (ctypes.c_ubyte * length).from_address(self.va)

    def free(self):
        """The buffer must not be used any more."""
        self.buffer = None
        _lib.iommufd_memory_free(ctypes.byref(self._memory))


class Context:
    """A file of /dev/iommu, traced where that is permitted."""

    def __init__(self, node=None):
        self.session = ctypes.c_void_p()
        _check(None, OPEN, _lib.iommufd_session_open(
            node.encode() if node else None, ctypes.byref(self.session)))
        _lib.iommufd_session_trace(self.session)
        self.fd = _lib.iommufd_session_fd(self.session)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Ends the context, if no device holds it."""
        _lib.iommufd_session_close(self.session)
        self.session = ctypes.c_void_p()

    def ioas(self):
        """A new address space."""
        ident = ctypes.c_uint32()
        _check(self.session, IOAS_ALLOC,
               _lib.iommufd_ioas_alloc(self.fd, ctypes.byref(ident)))
        return Ioas(self, ident.value)

    def destroy(self, ident):
        """Any object."""
        _check(self.session, DESTROY, _lib.iommufd_destroy(self.fd, ident))


class Ioas:
    """An address space."""

    def __init__(self, context, ident):
        self.context, self.ident = context, ident

    def map(self, memory, iova=None, flags=READABLE | WRITEABLE):
        """All of the memory, at iova or where the kernel likes; returns where."""
        at = ctypes.c_uint64(iova or 0)
        flags |= 0 if iova is None else FIXED_IOVA
        _check(self.context.session, IOAS_MAP, _lib.iommufd_ioas_map(
            self.context.fd, self.ident, memory.va, memory.length, flags, at))
        return at.value

    def unmap(self, iova, length):
        """Returns the bytes that were mapped."""
        unmapped = ctypes.c_uint64()
        _check(self.context.session, IOAS_UNMAP, _lib.iommufd_ioas_unmap(
            self.context.fd, self.ident, iova, length, unmapped))
        return unmapped.value


class Device:
    """A VFIO device by its PCI address."""

    def __init__(self, bdf):
        self.context = None
        self.fd = _check(None, VFIO_OPEN, _lib.iommufd_vfio_open(bdf.encode()))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Detaches and unbinds it."""
        if self.fd >= 0:
            os.close(self.fd)
        self.fd = -1

    def _session(self):
        return self.context.session if self.context else None

    def bind(self, context):
        """Returns the id of the device in the context."""
        self.context = context
        ident = ctypes.c_uint32()
        _check(self._session(), VFIO_BIND, _lib.iommufd_vfio_bind(
            self.fd, context.fd, ctypes.byref(ident)))
        return ident.value

    def attach(self, target):
        """To an Ioas, or to a hwpt by its id; returns the hwpt."""
        ident = ctypes.c_uint32(getattr(target, "ident", target))
        _check(self._session(), VFIO_ATTACH,
               _lib.iommufd_vfio_attach(self.fd, ctypes.byref(ident)))
        return ident.value

    def detach(self):
        """Blocks its DMA."""
        _check(self._session(), VFIO_DETACH, _lib.iommufd_vfio_detach(self.fd))

    def reset(self):
        """Of the function alone."""
        _check(self._session(), VFIO_RESET, _lib.iommufd_vfio_reset(self.fd))
