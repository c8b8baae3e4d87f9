package io.cosell.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostPatternsTest {

    @ParameterizedTest
    @CsvSource({"api.example.com,https://api.example.com/x,true", "api.example.com,https://API.Example.COM:443/x,true",
        "api.example.com,http://api.example.com/x,true", "api.example.com,https://api.example.com:8443/x,false",
        "api.example.com,https://x.api.example.com/,false", "*.example.com,https://a.b.example.com/,true",
        "*.example.com,https://example.com/,false", "*.example.com,https://badexample.com/,false",
        "localhost:8443,https://localhost:8443/,true", "localhost:8443,https://localhost/,false", "[::1]:8443,https://[::1]:8443/,true",
        "api.example.com,ftp://api.example.com/,false", "api.example.com,api.example.com/,false"})
    void allows(String patterns, URI address, boolean expected) {
        assertThat(HostPatterns.parse(patterns).allows(address)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://example.com", "example.com/x", "*", "*.com", "a.*.com", "example.com:0", "example.com:70000", "a,,b",
        "-a.com", "a b"})
    void refusesWhatIsNoHost(String patterns) {
        assertThatIllegalArgumentException().isThrownBy(() -> HostPatterns.parse(patterns));
    }

    @ParameterizedTest
    @CsvSource({"' a.com , *.B.com:8443 ','a.com,*.b.com:8443'", "'',''"})
    void printsWhatItAllows(String patterns, String expected) {
        assertThat(HostPatterns.parse(patterns)).hasToString(expected);
    }
}
