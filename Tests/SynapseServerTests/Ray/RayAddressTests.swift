import Testing

@testable import SynapseServer

@Suite struct RayAddressTests {
    @Test(arguments: [
        ("http://127.0.0.1:8265", "http://127.0.0.1:8265"), ("http://ray.example", "http://ray.example:8265"),
        ("HTTP://ray:1/", "http://ray:1"), ("https://ray.example/cluster/one/", "https://ray.example:443/cluster/one"),
        ("http://[::1]:8265", "http://[::1]:8265"), ("http://[::1]", "http://[::1]:8265"),
    ])
    func readsAddresses(_ text: String, _ expected: String) {
        #expect(RayAddress(text)?.description == expected)
    }

    @Test(arguments: [
        "", "ray", "127.0.0.1:8265", "ftp://ray", "http://", "http://:8265", "http://ray:0", "http://ray:65536",
        "http://ray:x",
        "http://user@ray", "http://user:secret@ray:8265", "http://ray?x=1", "http://ray#x", "http://ra y",
        "http://a:b:1",
        "http://[::1", "http://[::1]x", "http://ray\r\nX: y",
    ])
    func refusesWhatIsNone(_ text: String) {
        #expect(RayAddress(text) == nil)
    }
}
