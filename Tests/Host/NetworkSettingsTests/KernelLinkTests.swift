import NetworkSettings
import Testing

@testable import NetworkApply

@Suite("The kernel's state of a link")
struct KernelLinkTests {
    @Test("is without addresses that a host makes up anew each time: none of them is missed after a rollback")
    func temporary() {
        let text = """
            fe80000000000000505400fffe000001 02 40 20 80   ens16
            20010db8000000000123456789abcdef 02 40 00 01   ens16
            20010db800000000505400fffe000001 02 40 00 00   ens16
            zz010db800000000505400fffe000001 02 40 00 01   ens16
            20010db8 02 40 00 01
            """
        #expect(KernelLink.temporary(in: text).map(\.description) == ["2001:db8::123:4567:89ab:cdef"])
        #expect(KernelLink.temporary(in: "") == [])
    }
}
