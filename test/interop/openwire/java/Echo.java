import java.util.Collections;
import javax.jms.BytesMessage;
import javax.jms.Connection;
import javax.jms.DeliveryMode;
import javax.jms.JMSException;
import javax.jms.MapMessage;
import javax.jms.Message;
import javax.jms.MessageProducer;
import javax.jms.ObjectMessage;
import javax.jms.Session;
import javax.jms.StreamMessage;
import javax.jms.TextMessage;
import javax.jms.MessageEOFException;
import org.apache.activemq.ActiveMQConnectionFactory;

/**
 * Reads each message of queue IN by the JMS interfaces, property for property and value for value, and writes one of its own that says the
 * same to queue OUT; then says in a line what kind it was. A message of type `object` asks for an object message.
 */
public class Echo {
  public static void main(String[] arguments) throws Exception {
    Connection connection = new ActiveMQConnectionFactory(arguments[0]).createConnection();
    connection.start();
    Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    MessageProducer producer = session.createProducer(session.createQueue("OUT"));
    session.createConsumer(session.createQueue("IN")).setMessageListener(message -> {
      try {
        Message copy = copy(session, message);
        producer.send(
            copy,
            message.getJMSDeliveryMode(),
            message.getJMSPriority(),
            message.getJMSExpiration() == 0 ? 0 : message.getJMSExpiration() - System.currentTimeMillis());
        System.out.println("ECHO " + message.getClass().getSimpleName());
      } catch (Exception error) {
        System.out.println("TROUBLE " + error);
      }
    });
    System.out.println("READY");
    System.in.read();
    System.exit(0);
  }

  private static Message copy(Session session, Message message) throws JMSException {
    Message copy = body(session, message);
    copy.setJMSType(message.getJMSType());
    copy.setJMSCorrelationID(message.getJMSCorrelationID());
    copy.setJMSReplyTo(message.getJMSReplyTo());
    for (Object name : Collections.list(message.getPropertyNames())) {
      Object value = message.getObjectProperty((String) name);
      String key = (String) name;
      if (value instanceof Boolean) copy.setBooleanProperty(key, (Boolean) value);
      else if (value instanceof Byte) copy.setByteProperty(key, (Byte) value);
      else if (value instanceof Short) copy.setShortProperty(key, (Short) value);
      else if (value instanceof Integer) copy.setIntProperty(key, (Integer) value);
      else if (value instanceof Long) copy.setLongProperty(key, (Long) value);
      else if (value instanceof Float) copy.setFloatProperty(key, (Float) value);
      else if (value instanceof Double) copy.setDoubleProperty(key, (Double) value);
      else copy.setStringProperty(key, (String) value);
    }
    return copy;
  }

  private static Message body(Session session, Message message) throws JMSException {
    if ("object".equals(message.getJMSType())) return session.createObjectMessage("an object");
    if (message instanceof TextMessage) return session.createTextMessage(((TextMessage) message).getText());
    if (message instanceof BytesMessage) {
      BytesMessage from = (BytesMessage) message;
      BytesMessage to = session.createBytesMessage();
      byte[] bytes = new byte[(int) from.getBodyLength()];
      from.readBytes(bytes);
      to.writeBytes(bytes);
      return to;
    }
    if (message instanceof MapMessage) {
      MapMessage from = (MapMessage) message;
      MapMessage to = session.createMapMessage();
      for (Object name : Collections.list(from.getMapNames())) to.setObject((String) name, from.getObject((String) name));
      return to;
    }
    if (message instanceof StreamMessage) {
      StreamMessage from = (StreamMessage) message;
      StreamMessage to = session.createStreamMessage();
      try {
        while (true) to.writeObject(from.readObject());
      } catch (MessageEOFException end) {
        return to;
      }
    }
    if (message instanceof ObjectMessage) return session.createObjectMessage(((ObjectMessage) message).getObject());
    return session.createMessage();
  }
}
