import java.io.PrintStream;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.activemq.command.*;
import org.apache.activemq.openwire.OpenWireFormat;
import org.apache.activemq.util.ByteSequence;

/**
 * Every command, filled by its setters and written by the stock marshallers, in every version and encoding. Prints, for each conversation, a
 * line `format VERSION TIGHT CACHE STACKTRACES` and for each frame a line `HEX JSON`: the bytes, and what the getters say is in them.
 */
public class StockFrames {
    static final Class<?>[] COMMANDS = {
        BrokerInfo.class, ConnectionInfo.class, SessionInfo.class, ConsumerInfo.class, ProducerInfo.class,
        TransactionInfo.class, DestinationInfo.class, RemoveSubscriptionInfo.class, KeepAliveInfo.class,
        ShutdownInfo.class, RemoveInfo.class, ControlCommand.class, FlushCommand.class, ConnectionError.class,
        ConsumerControl.class, ConnectionControl.class, ProducerAck.class, MessagePull.class, MessageDispatch.class,
        MessageAck.class, ActiveMQMessage.class, ActiveMQBytesMessage.class, ActiveMQMapMessage.class,
        ActiveMQObjectMessage.class, ActiveMQStreamMessage.class, ActiveMQTextMessage.class,
        ActiveMQBlobMessage.class, Response.class, ExceptionResponse.class, DataResponse.class,
        DataArrayResponse.class, IntegerResponse.class, SubscriptionInfo.class, PartialCommand.class,
        LastPartialCommand.class, ReplayCommand.class, MessageDispatchNotification.class,
        BrokerSubscriptionInfo.class,
    };
    static final String[] TEXTS = {
        "", "plain", "two bytes: \u00fc\u00df", "three: \u65e5\u672c", "six: \ud83d\ude00", "nul: \0.", "lone: \ud800",
    };
    static Random random;
    static boolean stackTraces;

    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, false, "UTF-8");
        int seed = 1;
        for (int version = 1; version <= 12; version++)
            for (int choice = 0; choice < 8; choice++) {
                random = new Random(seed++);
                conversation(out, version, (choice & 1) != 0, (choice & 2) != 0, (choice & 4) != 0);
            }
        out.flush();
    }

    static void conversation(PrintStream out, int version, boolean tight, boolean cache, boolean traces)
            throws Exception {
        stackTraces = traces;
        OpenWireFormat format = new OpenWireFormat();
        WireFormatInfo wishes = new WireFormatInfo();
        wishes.setVersion(version);
        wishes.setTightEncodingEnabled(tight);
        wishes.setCacheEnabled(cache);
        wishes.setStackTraceEnabled(traces);
        wishes.setMaxFrameSize(1 << 26);
        // Small, so that it goes round.
        wishes.setCacheSize(130);
        format.setPreferedWireFormatInfo(wishes);
        format.renegotiateWireFormat(wishes);
        out.println("format " + version + " " + tight + " " + cache + " " + traces);
        for (int round = 0; round < 3; round++)
            for (Class<?> type : COMMANDS) {
                if (!exists(type, version)) continue;
                Object command = make(type, round == 0 ? 0 : 1);
                ByteSequence bytes = format.marshal(command);
                out.print(HexFormat.of().formatHex(bytes.data, bytes.offset, bytes.offset + bytes.length));
                out.print(' ');
                StringBuilder json = new StringBuilder();
                print(json, command);
                out.println(json);
            }
    }

    static boolean exists(Class<?> type, int version) {
        if (type == MessagePull.class) return version >= 2;
        if (type == ProducerAck.class || type == ActiveMQBlobMessage.class) return version >= 3;
        return type != BrokerSubscriptionInfo.class || version >= 12;
    }

    /** An object of this class with every field set; `holes`: about a fifth of them left as they are made. */
    static Object make(Class<?> type, int holes) throws Exception {
        Object made = type.getConstructor().newInstance();
        for (Property property : properties(type)) {
            Object value = value(property.type, type, holes);
            boolean isHole = holes > 0 && random.nextInt(5) == 0;
            if (!isHole) property.set.invoke(made, value);
            else if (!property.type.isPrimitive()) property.set.invoke(made, (Object) null);
        }
        return made;
    }

    /** What can be set and asked, of a kind that crosses the wire. */
    static class Property {
        String name;
        Class<?> type;
        Method set;
        Method get;
    }

    static final Map<Class<?>, List<Property>> known = new HashMap<>();

    static List<Property> properties(Class<?> type) {
        return known.computeIfAbsent(type, StockFrames::findProperties);
    }

    static List<Property> findProperties(Class<?> type) {
        List<Property> found = new ArrayList<>();
        for (Method set : type.getMethods()) {
            if (!set.getName().matches("set[A-Z].*") || set.getParameterCount() != 1) continue;
            Property property = new Property();
            String name = set.getName().substring(3);
            property.name = Character.toLowerCase(name.charAt(0)) + name.substring(1);
            property.type = set.getParameterTypes()[0];
            property.set = set;
            for (String prefix : new String[] {"get", "is"})
                try {
                    Method get = type.getMethod(prefix + name);
                    if (get.getReturnType() == property.type) property.get = get;
                } catch (NoSuchMethodException none) {
                    // It has the other prefix, or cannot be asked.
                }
            // These write to other fields than those of their own name.
            boolean isOther = name.startsWith("JMS") && !name.startsWith("JMSXGroupFirst")
                || name.equals("Text") || name.equals("CompositeDestinations") || name.equals("AdditionalPredicate")
                || (name.equals("Value") && type == MessageId.class);
            if (property.get != null && crosses(property.type) && !isOther) found.add(property);
        }
        // The order of methods is the machine's own affair.
        found.sort((one, other) -> one.name.compareTo(other.name));
        return found;
    }

    static boolean crosses(Class<?> type) {
        return type.isPrimitive() || type == String.class || type == byte[].class || type == ByteSequence.class
            || Throwable.class.isAssignableFrom(type) || DataStructure.class.isAssignableFrom(type)
            || (type.isArray() && DataStructure.class.isAssignableFrom(type.getComponentType()));
    }

    static Object value(Class<?> type, Class<?> owner, int holes) throws Exception {
        if (type == boolean.class) return random.nextBoolean();
        if (type == byte.class) return (byte) random.nextInt();
        if (type == int.class) return random.nextInt();
        if (type == long.class) return random.nextLong() >> random.nextInt(64);
        if (type == String.class) return TEXTS[random.nextInt(TEXTS.length)] + random.nextInt(50);
        if (type == byte[].class) return bytes();
        if (type == ByteSequence.class) return new ByteSequence(bytes());
        if (Throwable.class.isAssignableFrom(type)) return new IllegalStateException("outer", new Error("inner \u00fc"));
        if (type == ActiveMQDestination.class) return destination();
        if (type == TransactionId.class) return make(random.nextBoolean() ? LocalTransactionId.class : XATransactionId.class, 0);
        if (type == Message.class) return make(ActiveMQTextMessage.class, holes);
        if (type == DataStructure.class) return make(owner == RemoveInfo.class ? ConsumerId.class : SubscriptionInfo.class, 0);
        if (type.isArray() && DataStructure.class.isAssignableFrom(type.getComponentType())) {
            Class<?> element = type.getComponentType();
            // Peers of brokers would have peers of theirs, and so on.
            if (element == BrokerInfo.class) element = null;
            Object array = Array.newInstance(type.getComponentType(), element == null ? 0 : random.nextInt(3));
            for (int index = 0; index < Array.getLength(array); index++)
                Array.set(array, index, make(element.isInterface() ? BrokerId.class : element, 0));
            return array;
        }
        boolean isId = type == ConnectionId.class || type == SessionId.class || type == ConsumerId.class
            || type == ProducerId.class || type == BrokerId.class || type == MessageId.class;
        // The stock cache asks them for their hash code, which they have only when they are whole.
        return isId ? make(type, 0) : null;
    }

    static byte[] bytes() {
        byte[] made = new byte[random.nextInt(300)];
        random.nextBytes(made);
        return made;
    }

    /** Temporary names are taken apart when they are set, so they must look like the stock client's. */
    static ActiveMQDestination destination() {
        String name = "ID:host-" + random.nextInt(9) + ":1:" + random.nextInt(20);
        switch (random.nextInt(4)) {
            case 0: return new ActiveMQQueue(name);
            case 1: return new ActiveMQTopic(name);
            case 2: return new ActiveMQTempQueue(name);
            default: return new ActiveMQTempTopic(name);
        }
    }

    static void print(StringBuilder json, Object value) throws Exception {
        if (value == null || value instanceof Boolean) json.append(value);
        // As text: JSON's numbers are not exact.
        else if (value instanceof Number) json.append('"').append(value).append('"');
        else if (value instanceof String) print(json, (String) value);
        else if (value instanceof byte[]) json.append('"').append(HexFormat.of().formatHex((byte[]) value)).append('"');
        else if (value instanceof ByteSequence) {
            ByteSequence bytes = (ByteSequence) value;
            print(json, java.util.Arrays.copyOfRange(bytes.data, bytes.offset, bytes.offset + bytes.length));
        } else if (value instanceof Throwable) print(json, (Throwable) value);
        else if (value.getClass().isArray()) {
            json.append('[');
            for (int index = 0; index < Array.getLength(value); index++) {
                if (index > 0) json.append(',');
                print(json, Array.get(value, index));
            }
            json.append(']');
        } else if (value instanceof DataStructure) {
            json.append("{\"class\":\"").append(value.getClass().getSimpleName()).append('"');
            for (Property property : properties(value.getClass())) {
                json.append(",\"").append(property.name).append("\":");
                print(json, property.get.invoke(value));
            }
            json.append('}');
        } else json.append("null");
    }

    static void print(StringBuilder json, Throwable value) throws Exception {
        json.append("{\"className\":\"").append(value.getClass().getName()).append("\",\"message\":");
        print(json, value.getMessage());
        json.append(",\"lines\":").append(stackTraces ? value.getStackTrace().length : 0).append(",\"cause\":");
        if (stackTraces && value.getCause() != null) print(json, value.getCause());
        else json.append("null");
        json.append('}');
    }

    static void print(StringBuilder json, String value) {
        json.append('"');
        for (char unit : value.toCharArray())
            if (unit < 0x20 || unit > 0x7e || unit == '"' || unit == '\\') json.append(String.format("\\u%04x", (int) unit));
            else json.append(unit);
        json.append('"');
    }
}
