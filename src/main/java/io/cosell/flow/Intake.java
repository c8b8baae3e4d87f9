package io.cosell.flow;

import io.cosell.lane.Lanes;
import io.cosell.store.Change;
import io.cosell.store.Store;
import java.util.List;
import java.util.Map;

/** Takes hints of change from the routes to the lanes. Bean {@code intake}. */
public final class Intake {

    private final Lanes lanes;

    public Intake(Lanes lanes) {
        this.lanes = lanes;
    }

    /**
     * Stores hints and marks the lanes of their deals. When it returns, nothing of it can get lost.
     *
     * @param changes     maps with the members of {@link Change}
     * @param cursorName  cursor that moves with them, null or empty for none
     * @param cursorValue its new value
     * @return the marked lanes, and related events that no link knows
     */
    public Store.Accepted accept(List<Map<String, Object>> changes, String cursorName, String cursorValue) {
        boolean moves = cursorName != null && !cursorName.isEmpty() && cursorValue != null && !cursorValue.isEmpty();
        return lanes.accept(changes.stream().map(Intake::toChange).toList(), moves ? cursorName : null, moves ? cursorValue : null);
    }

    private static Change toChange(Map<String, Object> change) {
        return new Change((String) change.get("source"), (String) change.get("name"), (String) change.get("resourceId"),
            (String) change.get("recordKind"), (String) change.get("changedAt"), (String) change.get("version"),
            Boolean.TRUE.equals(change.get("shared")));
    }
}
