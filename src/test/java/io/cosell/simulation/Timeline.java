package io.cosell.simulation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * What was written on both sides and by whom, in one order: looked at after each act of a user and after each call of the connector that
 * may have written, field by field.
 */
final class Timeline {

    /** One of the two systems. */
    enum Side { PARTNER_CENTER, CRM }

    /** A deal on one side. */
    record Place(Side side, String deal) {
    }

    /**
     * One field of one deal got another value.
     *
     * @param from the value before; null where the deal or the field was not there
     * @param to   the value after; null where the deal or the field is gone
     * @param user whether a user did it, and not the connector
     * @param step the step of the run in which it happened
     */
    record Write(int number, Place place, String field, String from, String to, boolean user, int step) {

        @Override
        public String toString() {
            return "#" + number + " step " + step + " " + (user ? "user" : "connector") + " " + place.side() + " "
                + place.deal().substring(0, 8) + " " + field + ": " + from + " -> " + to;
        }
    }

    private final List<Write> writes = new ArrayList<>();
    private final Map<Place, Map<String, String>> now = new LinkedHashMap<>();
    private final Map<Place, Boolean> makers = new LinkedHashMap<>();

    /** Notes in what the sides differ from what they were. */
    void look(List<Sight> referrals, List<Sight> records, boolean user, int step) {
        Set<Place> gone = new LinkedHashSet<>(now.keySet());
        look(Side.PARTNER_CENTER, referrals, gone, user, step);
        look(Side.CRM, records, gone, user, step);
        gone.forEach(place -> {
            differ(place, now.remove(place), Map.of(), user, step);
        });
    }

    private void look(Side side, List<Sight> sights, Set<Place> gone, boolean user, int step) {
        for (Sight sight : sights) {
            Place place = new Place(side, sight.deal());
            gone.remove(place);
            makers.putIfAbsent(place, user);
            Map<String, String> before = now.put(place, sight.fields());
            differ(place, before == null ? Map.of() : before, sight.fields(), user, step);
        }
    }

    private void differ(Place place, Map<String, String> before, Map<String, String> after, boolean user, int step) {
        if (before.equals(after)) {
            return;
        }
        Set<String> fields = new TreeSet<>(before.keySet());
        fields.addAll(after.keySet());
        for (String field : fields) {
            if (!Objects.equals(before.get(field), after.get(field))) {
                writes.add(new Write(writes.size(), place, field, before.get(field), after.get(field), user, step));
            }
        }
    }

    List<Write> writes() {
        return writes;
    }

    /** The newest write of each field of a deal, of those that were written in the newest step first. */
    List<Write> newest(Place place) {
        Map<String, Write> newest = new LinkedHashMap<>();
        writes.stream().filter(write -> write.place().equals(place)).forEach(write -> newest.put(write.field(), write));
        return newest.values().stream().sorted(Comparator.comparingInt(Write::step).reversed().thenComparingInt(Write::number)).toList();
    }

    /** Deals of a side that were made by users, or by the connector. */
    long made(Side side, boolean byUsers) {
        return makers.entrySet().stream().filter(maker -> maker.getKey().side() == side && maker.getValue() == byUsers).count();
    }
}
