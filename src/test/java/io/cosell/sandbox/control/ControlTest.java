package io.cosell.sandbox.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.sandbox.SandboxClock;
import io.cosell.sandbox.control.ControlClient.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every resource of the control address over real HTTP, on two systems that nobody made it for. */
class ControlTest {

    private final SandboxClock clock = new SandboxClock();
    private final List<Integer> examples = new ArrayList<>();
    private Box red;
    private Box blue;
    private ControlServer server;
    private ControlClient control;

    @BeforeEach
    void start() {
        clock.stop();
        clock.set(Instant.parse("2027-01-01T00:00:00Z"));
        red = new Box("red", clock);
        blue = new Box("blue", clock);
        red.start(0);
        blue.start(0);
        server = ControlServer.start(new Control(clock, List.of(red, blue), deals -> {
            examples.add(deals);
            return Map.of("red", List.of("1"));
        }), 0);
        control = new ControlClient(server.address());
    }

    @AfterEach
    void stop() {
        server.close();
        red.close();
        blue.close();
    }

    /** A call to a system itself. */
    private int call(Box box, String method, String path, String body) {
        return new ControlClient(box.address()).send(new ControlClient(box.address()).request(path)
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))).status();
    }

    // ---- overview

    @Test
    void theOverviewNamesEverySystemAndEveryResource() {
        JsonNode overview = control.get("/").json();

        assertThat(overview.at("/systems/0/name").asText()).isEqualTo("red");
        assertThat(overview.at("/systems/1/address").asText()).isEqualTo(blue.address());
        assertThat(overview.path("resources")).hasSizeGreaterThan(10).allSatisfy(resource -> {
            assertThat(resource.path("path").asText()).startsWith("/");
            assertThat(resource.path("says").asText()).endsWith(".");
        });
    }

    /** The document and the program are one table. */
    @Test
    void theDocumentListsEveryResourceWithItsParametersAndNoOther() throws IOException {
        String document = Files.readString(Path.of("docs/sandbox-control.md"));
        TreeSet<String> documented = Pattern.compile("(?m)^\\| `(GET|PUT|POST|DELETE) ([^`]+)` \\| ([^|]*) \\|").matcher(document).results()
            .map(row -> row.group(1) + " " + row.group(2) + " " + Pattern.compile("`([^`]+)`").matcher(row.group(3)).results()
                .map(name -> name.group(1)).sorted().toList()).collect(Collectors.toCollection(TreeSet::new));

        TreeSet<String> there = StreamSupport.stream(control.get("/").json().path("resources").spliterator(), false)
            .map(resource -> resource.path("method").asText() + " " + resource.path("path").asText() + " "
                + resource.path("parameters").properties().stream().map(Map.Entry::getKey).filter(name -> !name.equals("*")).sorted()
                .toList()).collect(Collectors.toCollection(TreeSet::new));
        assertThat(documented).isEqualTo(there);
    }

    // ---- clock

    @Test
    void theClockIsSetStoppedAndMoved() {
        assertThat(control.get("/clock").json().toString()).isEqualTo("{\"time\":\"2027-01-01T00:00:00Z\",\"stopped\":true}");

        assertThat(control.put("/clock", "{\"time\":\"2027-02-01T00:00:00Z\"}").json().path("time").asText())
            .isEqualTo("2027-02-01T00:00:00Z");
        assertThat(control.post("/clock/move", "{\"by\":\"P14D\"}").json().path("time").asText()).isEqualTo("2027-02-15T00:00:00Z");
        assertThat(control.post("/clock/move", "{\"by\":\"-PT1H\"}").json().path("time").asText()).isEqualTo("2027-02-14T23:00:00Z");

        assertThat(control.put("/clock", "{\"stopped\":false}").json().path("stopped").booleanValue()).isFalse();
        assertThat(clock.isStopped()).isFalse();
        assertThat(Duration.between(Instant.parse("2027-02-14T23:00:00Z"), clock.instant())).isBetween(Duration.ZERO, Duration.ofMinutes(1));
    }

    @Test
    void deadlinesThatTheClockPassesAreCarriedOutAtOnce() {
        red.words.add("milk");

        control.post("/clock/move", "{\"by\":\"PT23H\"}");
        assertThat(red.words).containsExactly("milk");
        control.post("/clock/move", "{\"by\":\"PT1H\"}");
        assertThat(red.words).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "PUT;/clock;{\"time\":\"tomorrow\"};time is \"tomorrow\", but must be a UTC time, such as 2027-01-31T12:00:00Z.",
        "PUT;/clock;{\"stopped\":\"perhaps\"};stopped is \"perhaps\", but must be true or false.",
        "PUT;/clock;{\"tim\":\"x\"};PUT /clock does not take tim. It takes time?, stopped?.",
        "POST;/clock/move;{};POST /clock/move needs by: ",
        "POST;/clock/move;{\"by\":\"two weeks\"};by is \"two weeks\", but must be a duration as in ISO 8601",
        "POST;/clock/move;{\"by\":14};by is 14, but must be a text.",
        "POST;/clock/move;[];The body must be a JSON object.",
        "POST;/clock/move;{\"by\";The body is no JSON: ",
        "POST;/clock/move?by=P1D;{};takes its parameters in a JSON body, not in the query.",
        "POST;/examples;{\"deals\":0};deals is 0, but must be a whole number from 1.",
        "GET;/clock?zone=UTC;;GET /clock does not take zone. It takes nothing."})
    void aBadRequestGetsTheReasonAndChangesNothing(String method, String path, String body, String reason) {
        Answer answer = switch (method) {
            case "PUT" -> control.put(path, body);
            case "POST" -> control.post(path, body);
            default -> control.get(path);
        };

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error()).contains(reason);
        assertThat(clock.instant()).isEqualTo("2027-01-01T00:00:00Z");
        assertThat(examples).isEmpty();
    }

    @Test
    void aClockWithABadTimeIsNotStartedEither() {
        assertThat(control.put("/clock", "{\"stopped\":false,\"time\":\"now\"}").status()).isEqualTo(400);
        assertThat(clock.isStopped()).isTrue();
    }

    // ---- what the systems know

    @Test
    void examplesAreMadeByWhoeverKnowsTheSystems() {
        assertThat(control.post("/examples", "{\"deals\":5}").json().at("/red/0").asText()).isEqualTo("1");
        assertThat(examples).containsExactly(5);
    }

    @Test
    void whatIsExportedCanBeImported() {
        red.words.add("milk");
        String exported = control.get("/state").json().toString();
        red.words.clear();
        blue.words.add("honey");
        control.put("/clock", "{\"time\":\"2030-01-01T00:00:00Z\",\"stopped\":false}");

        assertThat(control.put("/state", exported).status()).isEqualTo(204);

        assertThat(red.words).containsExactly("milk");
        assertThat(blue.words).isEmpty();
        assertThat(control.get("/state").json().toString()).isEqualTo(exported).isEqualTo("{\"version\":1,\"clock\":{\"time\":"
            + "\"2027-01-01T00:00:00Z\",\"stopped\":true},\"systems\":{\"red\":{\"words\":[\"milk\"]},\"blue\":{\"words\":[]}}}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "{'version':2,'clock':{},'systems':{}};version is 2, but must be 1.",
        "{'version':1,'clock':{'time':'2027-01-31','stopped':true},'systems':{}};clock.time is \"2027-01-31\", but must be a UTC time",
        "{'version':1,'clock':{'time':'2029-01-31T00:00:00Z'},'systems':{}};clock.stopped must be true or false.",
        "{'version':1,'clock':{'time':'2029-01-31T00:00:00Z','stopped':true},'systems':{'red':{}}};systems.blue must be a JSON object.",
        "{'version':1,'clock':{'time':'2029-01-31T00:00:00Z','stopped':true},'systems':{'green':{}}};systems has members that do not belong"
            + " there: green. It may have red, blue.",
        "{'version':1,'clock':{'time':'2029-01-31T00:00:00Z','stopped':true},'systems':{'red':{'words':['x']},'blue':{'words':['y',7]}}};"
            + "systems.blue: words[1] is 7, which is no text."})
    void aDocumentWithAMistakeIsRefusedWithThePlaceAndChangesNothing(String document, String reason) {
        red.words.add("milk");

        Answer answer = control.put("/state", document.replace('\'', '"'));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error()).contains(reason);
        assertThat(red.words).containsExactly("milk");
        assertThat(clock.instant()).isEqualTo("2027-01-01T00:00:00Z");
    }

    // ---- acts

    @Test
    void actsAreListedWithWhatTheyNeed() {
        JsonNode acts = control.get("/systems/red/acts").json().path("acts");

        assertThat(acts).hasSize(3);
        assertThat(acts.get(0).path("name").asText()).isEqualTo("put-in");
        assertThat(acts.get(0).path("as").asText()).isEqualTo("a child");
        assertThat(acts.get(0).at("/parameters/word").asText()).isEqualTo("the word");
    }

    @Test
    void anActIsDoneAndItsResultAnswered() {
        Answer answer = control.post("/systems/red/acts/put-in", "{\"word\":\"milk\",\"times\":2}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().at("/result/words").intValue()).isEqualTo(2);
        assertThat(answer.json().at("/result/at").textValue()).isEqualTo("2027-01-01T00:00:00Z");
        assertThat(red.words).containsExactly("milk", "milk");
        assertThat(control.post("/systems/red/acts/shake", "{}").status()).isEqualTo(204);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "put-in;{};400;put-in needs word: the word.",
        "put-in;{\"word\":\"x\",\"colour\":1};400;put-in does not take colour. It takes ",
        "put-in;{\"word\":7};400;word must be a text.",
        "put-in;{\"word\":\"x\"};409;The box is full.",
        "throw;{};404;There is no act throw in red. There are put-in, shake, drop.",
        "drop;{};500;The sandbox itself failed: java.lang.IndexOutOfBounds"})
    void anActThatFailsSaysWhoIsToBlame(String act, String parameters, int status, String reason) {
        red.words.addAll(List.of("a", "b", "c"));

        Answer answer = control.post("/systems/red/acts/" + act, parameters);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.error()).startsWith(reason);
        assertThat(red.words).containsExactly("a", "b", "c");
    }

    // ---- switches

    @Test
    void switchesAreShownAndTurned() {
        assertThat(control.get("/systems/red/switches").json().toString()).isEqualTo("{\"switches\":[{\"name\":\"BOTTOMLESS\","
            + "\"section\":\"1.1\",\"isOn\":false,\"on\":\"takes any number of words\",\"off\":\"takes three words\"}]}");

        assertThat(control.put("/systems/red/switches", "{\"BOTTOMLESS\":true}").json().at("/switches/0/isOn").booleanValue()).isTrue();

        assertThat(red.switches().has(Box.Open.BOTTOMLESS)).isTrue();
        assertThat(blue.switches().has(Box.Open.BOTTOMLESS)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "{\"BOTTOMLESS\":true,\"SQUARE\":true};There is no switch SQUARE. There are [BOTTOMLESS].",
        "{\"BOTTOMLESS\":\"on\"};BOTTOMLESS is \"on\", but must be true or false.",
        "{\"BOTTOMLESS\":null};BOTTOMLESS is null, but must be true or false."})
    void badSwitchesTurnNone(String body, String reason) {
        Answer answer = control.put("/systems/red/switches", body);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error()).isEqualTo(reason);
        assertThat(red.switches().has(Box.Open.BOTTOMLESS)).isFalse();
    }

    // ---- doors

    @Test
    void whatIsNotThereIsSaid() {
        assertThat(control.get("/systems/green/acts").error()).isEqualTo("There is no system green. There are red, blue.");
        assertThat(control.get("/weather")).satisfies(answer -> assertThat(answer.status()).isEqualTo(404))
            .satisfies(answer -> assertThat(answer.error()).startsWith("There is no /weather here."));
        assertThat(control.delete("/clock")).satisfies(answer -> assertThat(answer.status()).isEqualTo(405))
            .satisfies(answer -> assertThat(answer.error()).startsWith("/clock does not take DELETE."));
    }

    @Test
    void aBodyMustSayThatItIsJson() {
        for (String type : List.of("text/plain", "application/x-www-form-urlencoded", "application/jsonp")) {
            Answer answer = control.send(control.request("/clock/move").header("Content-Type", type)
                .POST(BodyPublishers.ofString("{\"by\":\"P1D\"}")));

            assertThat(answer.status()).as(type).isEqualTo(415);
        }
        assertThat(control.send(control.request("/clock/move").POST(BodyPublishers.ofString("{\"by\":\"P1D\"}"))).status()).isEqualTo(415);
        assertThat(clock.instant()).isEqualTo("2027-01-01T00:00:00Z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://evil.example", "http://127.0.0.1:8090", "null"})
    void aWebPageIsRefused(String origin) {
        Answer answer = control.send(control.request("/systems/red/calls").header("Origin", origin).DELETE());

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.error()).contains("does not serve web pages");
    }

    @Test
    void onlyNamesOfThisMachineAreServed() throws IOException {
        int port = URI.create(server.address()).getPort();
        assertThat(statusFor("evil.example:" + port)).isEqualTo(403);
        assertThat(statusFor("127.0.0.1.evil.example")).isEqualTo(403);
        assertThat(statusFor("localhost:" + port)).isEqualTo(200);
        assertThat(statusFor("127.0.0.1:" + port)).isEqualTo(200);
        assertThat(statusFor("[::1]:" + port)).isEqualTo(200);
    }

    /** The status of {@code GET /clock} with this Host header, which Java's client would not send. */
    private int statusFor(String host) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", URI.create(server.address()).getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write(("GET /clock HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            String answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return Integer.parseInt(answer.split(" ")[1]);
        }
    }

    @Test
    void aTakenPortIsNamed() {
        int port = URI.create(server.address()).getPort();

        assertThatThrownBy(() -> ControlServer.start(new Control(clock, List.of(red), deals -> null), port))
            .hasMessageContaining("Port " + port + " can't be used");
    }
}
