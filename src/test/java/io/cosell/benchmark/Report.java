package io.cosell.benchmark;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/** Collects the figures and writes them as Markdown. */
final class Report {

    private static final double MEGA = 1024 * 1024;

    private final List<List<String>> lanes = new ArrayList<>();
    private final List<List<String>> memory = new ArrayList<>();
    private final List<List<String>> doors = new ArrayList<>();
    private final List<List<String>> calls = new ArrayList<>();
    private final Map<String, Map<String, Double>> parts = new LinkedHashMap<>();
    private final Map<String, Double> updates = new LinkedHashMap<>();

    void lanes(String store, int links, Use in, Use out, Histogram millis, ConnectorProcess.Figures figures) {
        for (boolean inwards : List.of(true, false)) {
            Use use = inwards ? in : out;
            lanes.add(List.of(store, inwards ? "Partner Center to CRM" : "CRM to Partner Center", number(links), number(use.perSecond()),
                number(use.cpuMillisPerThousand()), number(use.compilerMillisPerThousand()), number(use.serverMillisPerThousand()),
                number(use.perSecondOfCore()), decimal(use.callsEach()), inwards ? number(millis.getValueAtPercentile(50)) : "",
                inwards ? number(millis.getValueAtPercentile(99)) : ""));
            progress("lanes", lanes);
        }
        memory.add(List.of(store, number(links), number(figures.heapBytes() / MEGA), number(figures.residentBytes() / MEGA)));
        updates.put(store, in.cpuMillisPerThousand());
    }

    void door(String store, int links, Benchmark.Door door) {
        Use use = door.use();
        doors.add(List.of(store, number(links), number(use.perSecond()), number(use.cpuMillisPerThousand()),
            number(use.compilerMillisPerThousand()), number(use.serverMillisPerThousand()), number(use.perSecondOfCore()),
            decimal(door.nanos().getValueAtPercentile(50) / 1e6), decimal(door.nanos().getValueAtPercentile(99) / 1e6)));
        progress("webhooks", doors);
    }

    void calls(String change, int changes, Map<String, Long> made) {
        double polls = made.entrySet().stream().filter(call -> call.getKey().endsWith("changes")).mapToLong(Map.Entry::getValue).sum();
        double all = made.values().stream().mapToLong(Long::longValue).sum() - polls;
        calls.add(List.of(change, decimal(all / changes), made.entrySet().stream().filter(call -> !call.getKey().endsWith("changes"))
            .map(call -> call.getKey() + " " + decimal((double) call.getValue() / changes)).collect(Collectors.joining(", "))));
        progress("calls", calls);
    }

    void parts(String store, Map<String, Double> micros) {
        parts.put(store, micros);
        System.err.println("parts " + store + " " + micros);
    }

    private static void progress(String what, List<List<String>> rows) {
        System.err.println(what + " " + rows.get(rows.size() - 1));
    }

    String markdown() {
        StringBuilder text = new StringBuilder();
        text.append("Measured ").append(LocalDate.now(ZoneOffset.UTC)).append(" on ").append(Machine.described()).append(".\n");
        text.append("\n### Updates, end to end\n\n");
        table(text, List.of("Store", "Update", "Links", "a second", "CPU ms per 1,000", "of it compiler", "of the server",
            "a second of one core", "calls each", "p50 ms", "p99 ms"), lanes);
        text.append("\n### Webhooks acknowledged\n\n");
        table(text, List.of("Store", "Links", "a second", "CPU ms per 1,000", "of it compiler", "of the server",
            "a second of one core", "p50 ms", "p99 ms"), doors);
        text.append("\n### Memory of the connector\n\n");
        table(text, List.of("Store", "Links", "heap in use MB", "resident MB"), memory);
        text.append("\n### Calls of a change\n\n");
        table(text, List.of("Change", "calls", "of which"), calls);
        text.append("\n### What an update from Partner Center is made of\n\n");
        table(text, List.of("Part, alone", "CPU ms per 1,000"), partRows());
        return text.toString();
    }

    private List<List<String>> partRows() {
        List<List<String>> rows = new ArrayList<>();
        double common = parts.values().stream().limit(1).flatMap(first -> first.entrySet().stream())
            .filter(part -> !part.getKey().startsWith("store")).mapToDouble(Map.Entry::getValue).sum();
        parts.forEach((store, micros) -> {
            micros.forEach((part, cost) -> rows.add(List.of(part.startsWith("store") ? store + " " + part : part, number(cost))));
            double known = common + micros.entrySet().stream().filter(part -> part.getKey().startsWith("store"))
                .mapToDouble(Map.Entry::getValue).sum();
            rows.add(List.of(store + ", the rest: routes, expressions, batches, documents, memory",
                number(Math.max(0, updates.get(store) - known))));
            rows.add(List.of("**" + store + ", end to end**", "**" + number(updates.get(store)) + "**"));
        });
        return rows;
    }

    private static void table(StringBuilder text, List<String> head, List<List<String>> rows) {
        text.append("| ").append(String.join(" | ", head)).append(" |\n|").append(" --- |".repeat(head.size())).append('\n');
        rows.forEach(row -> text.append("| ").append(String.join(" | ", row)).append(" |\n"));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%,.0f", value);
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
